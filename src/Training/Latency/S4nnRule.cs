using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>S4NN's temporal backpropagation.</summary>
/// <remarks>With δ_o of <see cref="RelativeTargets"/>, and steps η and decay λ:
/// <code>
/// w_oh ← (w_oh − η·δ_o·[t_h &lt; t_o]) · (1 − η·λ)
/// δ_h  = Σ_o δ_o·[t_h &lt; t_o]·w_oh, with the new w_oh;   δ_h ← δ_h / ‖δ_h‖₂ unless it is zero
/// w_hi ← (w_hi − η·δ_h·[t_i &lt; t_h]) · (1 − η·λ)
/// </code>
/// Source: Kheradpisheh and Masquelier, "S4NN: temporal backpropagation for spiking neural networks with one spike per neuron", Int. J. Neural Systems 2020 (arXiv:1910.09495).
/// The decay acts at every image, error or not. Instead of touching every weight each time, the layer is kept in units of the decayed scale s: its stored weights are
/// w/s and its threshold θ/s, which fires the same neurons at the same times.
/// </remarks>
public sealed class S4nnRule : ILatencyRule
{
    private readonly LatencyTrainingSettings _settings;
    private readonly SingleSpikeLayer _hidden;
    private readonly SingleSpikeLayer _output;
    private readonly float[] _outputErrors;
    private readonly float[] _outputTimes;
    private readonly float[] _hiddenErrors;
    private readonly float[] _hiddenTimes;
    private double _hiddenScale = 1;
    private double _outputScale = 1;

    /// <summary>Draws the weights.</summary>
    /// <param name="network">Shape and constants of the network.</param>
    /// <param name="settings">Constants of the rule.</param>
    public S4nnRule(LatencySettings network, LatencyTrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        (_hidden, _output) = LatencyStart.Draw(network, settings);
        Network = new LatencyNetwork(network, _hidden, _output);
        _outputErrors = new float[_output.Stride];
        _outputTimes = new float[_output.Stride];
        _hiddenErrors = new float[_hidden.Stride];
        _hiddenTimes = new float[_hidden.Stride];
    }

    /// <inheritdoc/>
    public LatencyNetwork Network { get; }

    /// <inheritdoc/>
    public bool Learn(ReadOnlySpan<TimedSpike> input, int label, float learningRate)
    {
        Network.Run(input);
        LatencySettings network = Network.Settings;
        bool wrong = RelativeTargets.Errors(Network.OutputTimes, label, network.Steps, _settings.Gamma, pushSilent: true, _outputErrors);
        if (wrong)
        {
            TeachOutput(learningRate / (float)_outputScale);
            TeachHidden(input, learningRate / (float)_hiddenScale);
        }

        double decay = 1.0 - (learningRate * (double)_settings.Decay);
        _output.Threshold = network.OutputThreshold / (float)(_outputScale *= decay);
        _hidden.Threshold = network.HiddenThreshold / (float)(_hiddenScale *= decay);
        return wrong;
    }

    /// <inheritdoc/>
    public void Redraw(int hidden, Random random) => LatencyStart.DrawRow(_hidden, hidden, _settings.HiddenInitMaximum / (float)_hiddenScale, random);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightTensor> Export() => new Dictionary<string, WeightTensor>
    {
        [LatencySettings.HiddenWeights] = LatencyStart.Tensor(_hidden, (float)_hiddenScale),
        [LatencySettings.OutputWeights] = LatencyStart.Tensor(_output, (float)_outputScale),
    };

    /// <inheritdoc/>
    public void Average(Span<float> hidden, Span<float> output, float share)
    {
        LatencyErrors.Blend(_hidden.Weights, (float)_hiddenScale, share, hidden);
        LatencyErrors.Blend(_output.Weights, (float)_outputScale, share, output);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightTensor> Export(ReadOnlySpan<float> hidden, ReadOnlySpan<float> output) => new Dictionary<string, WeightTensor>
    {
        [LatencySettings.HiddenWeights] = LatencyStart.Tensor(_hidden, hidden),
        [LatencySettings.OutputWeights] = LatencyStart.Tensor(_output, output),
    };

    /// <inheritdoc/>
    public LatencySettings ExportSettings() => Network.Settings;

    /// <summary>Changes w_oh, and leaves δ_h behind, not yet of length 1.</summary>
    private void TeachOutput(float step)
    {
        LatencyErrors.Widen(Network.OutputTimes, _outputTimes);
        Array.Clear(_hiddenErrors);
        Span<float> weights = _output.Weights;
        int stride = _output.Stride, lanes = Vector512<float>.Count;
        foreach (TimedSpike spike in Network.HiddenSpikes)
        {
            Vector512<float> time = Vector512.Create((float)spike.Time), sum = Vector512<float>.Zero;
            for (int at = 0; at < stride; at += lanes)
            {
                Span<float> row = weights.Slice((spike.Neuron * stride) + at, lanes);
                Vector512<float> responsible = Vector512.LessThan(time, Vector512.Create<float>(_outputTimes.AsSpan(at, lanes)));
                Vector512<float> error = responsible & Vector512.Create<float>(_outputErrors.AsSpan(at, lanes));
                Vector512<float> updated = Vector512.Create<float>(row) - (error * step);
                updated.CopyTo(row);
                sum += error * updated;
            }

            _hiddenErrors[spike.Neuron] = Vector512.Sum(sum);
        }
    }

    private void TeachHidden(ReadOnlySpan<TimedSpike> input, float step)
    {
        float length = LatencyErrors.Length(_hiddenErrors);
        if (length == 0f)
        {
            return;
        }

        LatencyErrors.Widen(Network.HiddenTimes, _hiddenTimes);
        int stride = _hidden.Stride;
        ref float errors = ref MemoryMarshal.GetArrayDataReference(_hiddenErrors);
        ref float times = ref MemoryMarshal.GetArrayDataReference(_hiddenTimes);
        Vector512<float> factor = Vector512.Create(step / length);
        foreach (TimedSpike spike in input)
        {
            Vector512<float> time = Vector512.Create((float)spike.Time);
            ref float row = ref MemoryMarshal.GetReference(_hidden.Weights.Slice(spike.Neuron * stride, stride));
            for (nuint at = 0; at < (nuint)stride; at += (nuint)Vector512<float>.Count)
            {
                Vector512<float> responsible = Vector512.LessThan(time, Vector512.LoadUnsafe(ref times, at));
                Vector512<float> error = responsible & Vector512.LoadUnsafe(ref errors, at);
                (Vector512.LoadUnsafe(ref row, at) - (error * factor)).StoreUnsafe(ref row, at);
            }
        }
    }
}
