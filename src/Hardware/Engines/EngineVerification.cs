using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Checks the spikes and depths of an engine without a backward pass against a reference file.</summary>
public static class EngineVerification
{
    /// <summary>Runs the check.</summary>
    /// <param name="reference">Another framework's answers.</param>
    /// <param name="engine">Name of the engine: see <see cref="EngineCatalogue"/>.</param>
    /// <param name="threads">Threads to compute with; 0 takes what the engine likes best.</param>
    /// <returns>Loss, penalty and gradients are null.</returns>
    /// <exception cref="ArgumentException">There is no such engine, or it cannot be looked into.</exception>
    public static ReferenceReport Verify(ReferenceFile reference, string engine, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var comparison = new ReferenceComparison(reference);
        var weights = new StereoSpikeWeights(reference.Settings, reference.Weights, new Dictionary<string, string>());
        using IDepthEngine made = EngineCatalogue.Make(engine, weights, threads);
        if (made is not ITracedEngine traced)
        {
            throw new ArgumentException($"The engine {engine} cannot be looked into.", nameof(engine));
        }

        EngineTrace trace = traced.Trace(reference.Input, (node, potentials, spikes) => comparison.Compare(node, potentials, spikes));
        return comparison.Report(node => trace.Values[node], trace.Readouts);
    }
}
