using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Temporal backpropagation through synapses whose charge comes as a ramp: the time of a spike is linear in its potential near the threshold, with the slope that the potential has there.</summary>
/// <remarks>With δ_o of <see cref="RelativeTargets"/>, ramps of τ steps, ε(u) = min(u/τ, 1) and a step η:
/// <code>
/// V_j(t) = Σ_i w_ji · ε(t − t_i)                      a spike's slope is w/τ, from its arrival on, for τ steps
/// s_j    = Σ over i with t_j − τ ≤ t_i &lt; t_j of w_ji / τ  slope at the spike;  g_j = (θ/τ) / max(s_j, θ/10τ),  and 1 for who did not fire
/// ∂t_j/∂w_ji = −ε(t_j − t_i) / s_j                    ∂t_j/∂t_i = (w_ji/τ) / s_j while i still ramps, else 0
/// w_oh ← w_oh − η·δ_o·g_o·ε(t_o − t_h)
/// δ_h  = Σ_o δ_o·g_o·[0 &lt; t_o − t_h ≤ τ]·w_oh, with the new w_oh;   δ_h ← δ_h / ‖δ_h‖₂ unless it is zero
/// w_hi ← w_hi − η·δ_h·g_h·ε(t_h − t_i)
/// </code>
/// Source of the piecewise-linear potential and of the linear approximation: Mirsadeghi, Shalchian, Kheradpisheh and Masquelier, "STiDi-BP: Spike time displacement based error backpropagation in multilayer
/// spiking neural networks", Neurocomputing 427, 2021. Deviations: errors travel back by the derivatives above, S4NN's way, where STiDi-BP sets a desired time for every hidden neuron; slopes are in units of θ/τ,
/// so that η means what it means in S4NN; targets are S4NN's relative ones.
/// </remarks>
public sealed class StidiRule : ILatencyRule
{
    private const float MostGain = 10f;
    private readonly LatencyTrainingSettings _settings;
    private readonly SingleSpikeLayer _hidden;
    private readonly SingleSpikeLayer _output;
    private readonly float[] _outputErrors;
    private readonly float[] _outputTimes;
    private readonly float[] _hiddenErrors;
    private readonly float[] _hiddenTimes;

    /// <summary>Draws the weights.</summary>
    /// <param name="network">Shape and constants of the network.</param>
    /// <param name="settings">Constants of the rule.</param>
    /// <exception cref="ArgumentException">The network's charge comes at once, or a decay is asked for, which this rule does not have.</exception>
    public StidiRule(LatencySettings network, LatencyTrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(settings);
        if (network.RampSteps < 1 || settings.Decay > 0f)
        {
            throw new ArgumentException($"Ramps take {network.RampSteps} steps and weights decay by {settings.Decay}; at least 1 and no decay are needed.", nameof(network));
        }

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
        if (!RelativeTargets.Errors(Network.OutputTimes, label, network.Steps, _settings.Gamma, pushSilent: true, _outputErrors))
        {
            return false;
        }

        Gain(_output, Network.OutputTimes, _outputErrors);
        TeachOutput(learningRate);
        float length = LatencyErrors.Length(_hiddenErrors);
        if (length > 0f)
        {
            Gain(_hidden, Network.HiddenTimes, _hiddenErrors);
            TeachHidden(input, learningRate / length);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Redraw(int hidden, Random random) => LatencyStart.DrawRow(_hidden, hidden, _settings.HiddenInitMaximum, random);

    /// <inheritdoc/>
    public void Average(Span<float> hidden, Span<float> output, float share)
    {
        LatencyErrors.Blend(_hidden.Weights, 1f, share, hidden);
        LatencyErrors.Blend(_output.Weights, 1f, share, output);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightTensor> Export() => Export(_hidden.Weights, _output.Weights);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightTensor> Export(ReadOnlySpan<float> hidden, ReadOnlySpan<float> output) => new Dictionary<string, WeightTensor>
    {
        [LatencySettings.HiddenWeights] = LatencyStart.Tensor(_hidden, hidden),
        [LatencySettings.OutputWeights] = LatencyStart.Tensor(_output, output),
    };

    /// <inheritdoc/>
    public LatencySettings ExportSettings() => Network.Settings;

    /// <summary>Multiplies each error by its neuron's g.</summary>
    private static void Gain(SingleSpikeLayer layer, ReadOnlySpan<ushort> times, Span<float> errors)
    {
        float usual = layer.Threshold / layer.Response.TauSteps;
        for (int j = 0; j < times.Length; j++)
        {
            errors[j] *= times[j] < layer.Steps ? usual / Math.Max(layer.FiringSlopes[j], usual / MostGain) : 1f;
        }
    }

    /// <summary>Changes w_oh, and leaves δ_h behind, not yet of length 1.</summary>
    private void TeachOutput(float step)
    {
        LatencyErrors.Widen(Network.OutputTimes, _outputTimes);
        Array.Clear(_hiddenErrors);
        Span<float> weights = _output.Weights;
        int stride = _output.Stride, lanes = Vector512<float>.Count;
        Vector512<float> perStep = Vector512.Create(1f / _output.Response.TauSteps);
        foreach (TimedSpike spike in Network.HiddenSpikes)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (int at = 0; at < stride; at += lanes)
            {
                Span<float> row = weights.Slice((spike.Neuron * stride) + at, lanes);
                Vector512<float> elapsed = (Vector512.Create<float>(_outputTimes.AsSpan(at, lanes)) - Vector512.Create((float)spike.Time)) * perStep, error = Vector512.Create<float>(_outputErrors.AsSpan(at, lanes));
                Vector512<float> updated = Vector512.Create<float>(row) - (error * step * Response(elapsed));
                updated.CopyTo(row);
                Vector512<float> ramping = Vector512.GreaterThan(elapsed, Vector512<float>.Zero) & Vector512.LessThanOrEqual(elapsed, Vector512<float>.One);
                sum += ramping & (error * updated);
            }

            _hiddenErrors[spike.Neuron] = Vector512.Sum(sum);
        }
    }

    private void TeachHidden(ReadOnlySpan<TimedSpike> input, float step)
    {
        LatencyErrors.Widen(Network.HiddenTimes, _hiddenTimes);
        int stride = _hidden.Stride;
        ref float errors = ref MemoryMarshal.GetArrayDataReference(_hiddenErrors);
        ref float times = ref MemoryMarshal.GetArrayDataReference(_hiddenTimes);
        Vector512<float> factor = Vector512.Create(step), perStep = Vector512.Create(1f / _hidden.Response.TauSteps);
        foreach (TimedSpike spike in input)
        {
            Vector512<float> time = Vector512.Create((float)spike.Time);
            ref float row = ref MemoryMarshal.GetReference(_hidden.Weights.Slice(spike.Neuron * stride, stride));
            for (nuint at = 0; at < (nuint)stride; at += (nuint)Vector512<float>.Count)
            {
                Vector512<float> response = Response((Vector512.LoadUnsafe(ref times, at) - time) * perStep);
                (Vector512.LoadUnsafe(ref row, at) - (Vector512.LoadUnsafe(ref errors, at) * factor * response)).StoreUnsafe(ref row, at);
            }
        }
    }

    /// <summary>ε, of times in units of τ.</summary>
    private static Vector512<float> Response(Vector512<float> elapsed) => Vector512.Min(Vector512<float>.One, Vector512.Max(Vector512<float>.Zero, elapsed));
}
