using Microsoft.ML.OnnxRuntime;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>ONNX Runtime around a model of which only the answer is asked, as its users would run it: what a benchmark times.</summary>
internal sealed class OnnxModelEngine : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string[] _inputs = [StereoSpikeNetwork.Build(new StereoSpikeSettings()).Input.Name];
    private readonly string[] _outputs = [StereoSpikeNetwork.Readout];
    private readonly long[] _shape;

    /// <summary>Loads a model.</summary>
    public OnnxModelEngine(byte[] model, StereoSpikeSettings settings, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        _session = new InferenceSession(model, options);
        _shape = [1, settings.InputChannels, settings.Height, settings.Width];
    }

    /// <summary>Runs a frame.</summary>
    public void Run(SpikeFrame input, Span<float> potentials)
    {
        using OrtValue frame = OrtValue.CreateTensorValueFromMemory(input.Values, _shape);
        using IDisposableReadOnlyCollection<OrtValue> answers = _session.Run(_options, _inputs, [frame], _outputs);
        answers[0].GetTensorDataAsSpan<float>().CopyTo(potentials);
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }
}
