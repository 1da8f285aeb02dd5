using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

/// <summary>An engine whose potential at every pixel is that of one depth, or what a function says.</summary>
internal sealed class StubEngine(StereoSpikeSettings settings, float potential = 0) : IDepthEngine
{
    public string Name => "stub";

    public StereoSpikeSettings Settings => settings;

    public IReadOnlyDictionary<string, double> FiringRates => new Dictionary<string, double>();

    public double MeanFiringRate => double.NaN;

    /// <summary>Called with the number of each run, 0-based.</summary>
    public Action<int>? OnRun { get; init; }

    public int Runs { get; private set; }

    public void Run(SpikeFrame input, Span<float> potentials)
    {
        OnRun?.Invoke(Runs++);
        potentials.Fill(potential);
    }

    public void Dispose()
    {
    }
}
