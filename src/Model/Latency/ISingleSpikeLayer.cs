namespace StereoSpike.Model;

/// <summary>A fully connected layer of neurons that fire at most once (<see cref="SingleSpike"/>), driven by events.</summary>
public interface ISingleSpikeLayer
{
    /// <summary>K.</summary>
    int Neurons { get; }

    /// <summary>Puts every neuron at rest.</summary>
    void Reset();

    /// <summary>Whether no charge is on its way: without new arrivals nothing happens, and steps may be left out.</summary>
    bool Idle { get; }

    /// <summary>Takes in the spikes of one step, and fires.</summary>
    /// <param name="arrivals">All spikes that arrive in this step.</param>
    /// <param name="step">t, 0 to T − 2, ascending from call to call.</param>
    /// <param name="fired">Receives the spikes that this causes, at time t + 1, by neuron.</param>
    /// <returns>How many neurons fired.</returns>
    /// <exception cref="ArgumentException">A spike comes from outside the N inputs.</exception>
    int Step(ReadOnlySpan<TimedSpike> arrivals, int step, Span<TimedSpike> fired);
}
