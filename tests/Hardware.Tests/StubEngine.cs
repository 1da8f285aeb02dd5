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

    /// <summary>The potential it answers an input with, everywhere; the same one always if left out.</summary>
    public Func<SpikeFrame, float>? Sees { get; init; }

    public int Runs { get; private set; }

    public void Run(SpikeFrame input, Span<float> potentials)
    {
        int run = Runs++;
        OnRun?.Invoke(run);
        potentials.Fill(Sees?.Invoke(input) ?? potential);
    }

    public void Dispose()
    {
    }
}
