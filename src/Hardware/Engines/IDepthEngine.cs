using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Runs a trained StereoSpike network on encoded windows. All engines give the same spikes; they differ in how fast they find them.</summary>
/// <remarks>Every run is one step from rest: the network keeps nothing from one window to the next. One thread at a time.</remarks>
public interface IDepthEngine : IDisposable
{
    /// <summary>Name on the command line, such as <c>torch</c>.</summary>
    string Name { get; }

    /// <summary>The network: its sensor, its input and what its potentials mean.</summary>
    StereoSpikeSettings Settings { get; }

    /// <summary>Share of each firing layer's neurons that fired, 0..1, a mean over all runs, in the network's order; NaN before the first.</summary>
    IReadOnlyDictionary<string, double> FiringRates { get; }

    /// <summary>Firing rate of the network, 0..1: the layers' rates weighted by their neurons; NaN before the first run.</summary>
    double MeanFiringRate { get; }

    /// <summary>Runs one window.</summary>
    /// <param name="input">Shape [C,H,W], as the network's encoder makes it.</param>
    /// <param name="potentials">Receives the readout's potential after its last head, shape [H,W]; <see cref="DepthReadout"/> turns it into depth.</param>
    /// <exception cref="ArgumentException">The input or the destination is not of the network's shape.</exception>
    void Run(SpikeFrame input, Span<float> potentials);
}
