using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>BS4NN's rule: spikes see only the signs of the weights, learning moves real weights behind them and one scale a layer.</summary>
/// <remarks>With δ_o of <see cref="RelativeTargets"/> (nobody is pushed where all are silent), s = sign(w), N inputs and K neurons of a layer:
/// <code>
/// forward  V_j = Σ s_ji,  θ = θ₀ / α
/// w_oh ← w_oh − η·δ_o·[t_h &lt; t_o]
/// α    ← α − η_α · (Σ over o, h of δ_o·[t_h &lt; t_o]·s_oh) / (K·N), with the new signs
/// δ_h  = Σ_o δ_o·[t_h &lt; t_o]·w_oh, with the new real weights;   δ_h ← δ_h / ‖δ_h‖₂ unless it is zero; then the same for the hidden layer
/// </code>
/// Source: Kheradpisheh, Mirsadeghi and Masquelier, "BS4NN: Binarized Spiking Neural Networks with Temporal Coding and Learning", Neural Processing Letters 2021 (arXiv:2007.04039), and the authors' code.
/// Deviation: black pixels, which fire there in the step before last, stay silent here. A spike in that step can neither make a neuron fire in time nor be learned from.
/// </remarks>
public sealed class Bs4nnRule : ILatencyRule
{
    private const double ThresholdTimesScale = 100.0;   // θ₀
    private const double FirstScale = 5.0;
    private const double ScaleStep = 0.01;   // η_α
    private readonly LatencyTrainingSettings _settings;
    private readonly SingleSpikeLayer _hidden;
    private readonly SingleSpikeLayer _output;
    private readonly float[] _realHidden;
    private readonly float[] _realOutput;
    private readonly float[] _outputErrors;
    private readonly float[] _outputTimes;
    private readonly float[] _hiddenErrors;
    private readonly float[] _hiddenTimes;

    /// <summary>Draws the weights.</summary>
    /// <param name="network">Shape of the network; its thresholds are learned.</param>
    /// <param name="settings">Constants of the rule.</param>
    public Bs4nnRule(LatencySettings network, LatencyTrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        (_hidden, _output) = LatencyStart.Draw(network, settings);
        Network = new LatencyNetwork(network, _hidden, _output);
        _outputErrors = new float[_output.Stride];
        _outputTimes = new float[_output.Stride];
        _hiddenErrors = new float[_hidden.Stride];
        _hiddenTimes = new float[_hidden.Stride];
        _realHidden = _hidden.Weights.ToArray();
        _realOutput = _output.Weights.ToArray();
        Sign(_realHidden, _hidden.Weights);
        Sign(_realOutput, _output.Weights);
        SetThresholds();
    }

    /// <inheritdoc/>
    public LatencyNetwork Network { get; }

    /// <summary>α of the hidden layer.</summary>
    public double HiddenScale { get; private set; } = FirstScale;

    /// <summary>α of the output layer.</summary>
    public double OutputScale { get; private set; } = FirstScale;

    /// <inheritdoc/>
    public bool Learn(ReadOnlySpan<TimedSpike> input, int label, float learningRate)
    {
        Network.Run(input);
        if (!RelativeTargets.Errors(Network.OutputTimes, label, Network.Settings.Steps, _settings.Gamma, pushSilent: false, _outputErrors))
        {
            return false;
        }

        TeachOutput(learningRate);
        TeachHidden(input, learningRate);
        SetThresholds();
        return true;
    }

    /// <inheritdoc/>
    public void Redraw(int hidden, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        SingleSpikeLayer layer = _hidden;
        for (int at = hidden; at < _realHidden.Length; at += layer.Stride)
        {
            _realHidden[at] = _settings.HiddenInitMaximum * random.NextSingle();
            layer.Weights[at] = MathF.Sign(_realHidden[at]);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightTensor> Export() => new Dictionary<string, WeightTensor>
    {
        [LatencySettings.HiddenWeights] = LatencyStart.Tensor(_hidden, 1f),
        [LatencySettings.OutputWeights] = LatencyStart.Tensor(_output, 1f),
    };

    /// <inheritdoc/>
    public void Average(Span<float> hidden, Span<float> output, float share)
    {
        LatencyErrors.Blend(_realHidden, 1f, share, hidden);
        LatencyErrors.Blend(_realOutput, 1f, share, output);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightTensor> Export(ReadOnlySpan<float> hidden, ReadOnlySpan<float> output)
    {
        float[] hiddenSigns = new float[hidden.Length], outputSigns = new float[output.Length];
        Sign(hidden, hiddenSigns);
        Sign(output, outputSigns);
        return new Dictionary<string, WeightTensor>
        {
            [LatencySettings.HiddenWeights] = LatencyStart.Tensor(_hidden, hiddenSigns),
            [LatencySettings.OutputWeights] = LatencyStart.Tensor(_output, outputSigns),
        };
    }

    /// <inheritdoc/>
    public LatencySettings ExportSettings() => Network.Settings with { HiddenThreshold = _hidden.Threshold, OutputThreshold = _output.Threshold };

    /// <summary>Changes w_oh and α, and leaves δ_h behind, not yet of length 1.</summary>
    private void TeachOutput(float learningRate)
    {
        LatencyErrors.Widen(Network.OutputTimes, _outputTimes);
        Array.Clear(_hiddenErrors);
        int stride = _output.Stride, lanes = Vector512<float>.Count;
        Vector512<float> scaleGradient = Vector512<float>.Zero;
        foreach (TimedSpike spike in Network.HiddenSpikes)
        {
            Vector512<float> time = Vector512.Create((float)spike.Time), sum = Vector512<float>.Zero;
            for (int at = 0; at < stride; at += lanes)
            {
                int place = (spike.Neuron * stride) + at;
                Vector512<float> responsible = Vector512.LessThan(time, Vector512.Create<float>(_outputTimes.AsSpan(at, lanes)));
                Vector512<float> error = responsible & Vector512.Create<float>(_outputErrors.AsSpan(at, lanes));
                Vector512<float> updated = Vector512.Create<float>(_realOutput.AsSpan(place, lanes)) - (error * learningRate);
                Vector512<float> signs = Signs(updated);
                updated.CopyTo(_realOutput.AsSpan(place, lanes));
                signs.CopyTo(_output.Weights.Slice(place, lanes));
                sum += error * updated;
                scaleGradient += error * signs;
            }

            _hiddenErrors[spike.Neuron] = Vector512.Sum(sum);
        }

        OutputScale -= ScaleStep * Vector512.Sum(scaleGradient) / (_output.Neurons * (double)_output.Inputs);
    }

    private void TeachHidden(ReadOnlySpan<TimedSpike> input, float learningRate)
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
        Vector512<float> step = Vector512.Create(learningRate / length), scaleGradient = Vector512<float>.Zero;
        foreach (TimedSpike spike in input)
        {
            Vector512<float> time = Vector512.Create((float)spike.Time);
            ref float real = ref MemoryMarshal.GetReference(_realHidden.AsSpan(spike.Neuron * stride, stride));
            ref float signs = ref MemoryMarshal.GetReference(_hidden.Weights.Slice(spike.Neuron * stride, stride));
            for (nuint at = 0; at < (nuint)stride; at += (nuint)Vector512<float>.Count)
            {
                Vector512<float> responsible = Vector512.LessThan(time, Vector512.LoadUnsafe(ref times, at));
                Vector512<float> error = responsible & Vector512.LoadUnsafe(ref errors, at);
                Vector512<float> updated = Vector512.LoadUnsafe(ref real, at) - (error * step), sign = Signs(updated);
                updated.StoreUnsafe(ref real, at);
                sign.StoreUnsafe(ref signs, at);
                scaleGradient += error * sign;
            }
        }

        HiddenScale -= ScaleStep * Vector512.Sum(scaleGradient) / length / (_hidden.Neurons * (double)_hidden.Inputs);
    }

    private void SetThresholds()
    {
        _hidden.Threshold = (float)(ThresholdTimesScale / HiddenScale);
        _output.Threshold = (float)(ThresholdTimesScale / OutputScale);
    }

    /// <summary>−1, 0 or +1, lane by lane.</summary>
    private static Vector512<float> Signs(Vector512<float> values) =>
        (Vector512.GreaterThan(values, Vector512<float>.Zero) & Vector512<float>.One) - (Vector512.LessThan(values, Vector512<float>.Zero) & Vector512<float>.One);

    private static void Sign(ReadOnlySpan<float> real, Span<float> signs)
    {
        for (int i = 0; i < real.Length; i++)
        {
            signs[i] = MathF.Sign(real[i]);
        }
    }
}
