namespace StereoSpike.Hardware;

/// <summary>What a node did, counted over the steps of a simulation.</summary>
public sealed record NodeActivity
{
    /// <summary>Address events that arrived: elements of the input that were not 0.</summary>
    public long Events { get; internal set; }

    /// <summary>The events' values added up, without their signs: spikes, where spikes arrived.</summary>
    public double Spikes { get; internal set; }

    /// <summary>Weights added to neurons, one for each event and each synapse that it reaches: border and stride are taken into account. 0 for nodes without weights.</summary>
    public long SynapticOperations { get; internal set; }

    /// <summary>As <see cref="SynapticOperations"/>, an event of count n counting n times: what a chip does that sends a count as so many spikes.</summary>
    public double SerialOperations { get; internal set; }

    /// <summary>Neurons whose potential was worked out. 0 for nodes that do not fire.</summary>
    public long NeuronUpdates { get; internal set; }

    /// <summary>Neurons that fired. 0 for nodes that do not fire.</summary>
    public long Fired { get; internal set; }
}
