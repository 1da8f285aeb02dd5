using StereoSpike.Hardware;
using StereoSpike.Readout;

namespace StereoSpike.Serve.Tests;

/// <summary>An engine that answers 1 m at the first pixel and 0.001 m more at each that follows, whatever it sees.</summary>
internal sealed class RampEngine : IDepthEngine
{
    private long _runs;

    public string Name => "ramp";

    public StereoSpikeSettings Settings { get; } = new() { Width = DotsRecording.Sensor.Width, Height = DotsRecording.Sensor.Height };

    public IReadOnlyDictionary<string, double> FiringRates => new Dictionary<string, double> { ["conv1"] = _runs == 0 ? double.NaN : 0.125 };

    public double MeanFiringRate => _runs == 0 ? double.NaN : 0.125;

    public void Run(SpikeFrame input, Span<float> potentials)
    {
        _runs++;
        for (int i = 0; i < potentials.Length; i++)
        {
            potentials[i] = 1 + (i / 1000f);
        }
    }

    public void Dispose()
    {
    }
}
