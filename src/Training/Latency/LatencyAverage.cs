using StereoSpike.Model;

namespace StereoSpike.Training;

/// <summary>A running average of a latency network's learned weights, which is judged and kept in place of the weights themselves.</summary>
/// <remarks>
/// The rule's errors have length 1 however small the mistake, so its weights never come to rest: from epoch to epoch the accuracy goes up and down by points. What they wander about is better than where they stop.
/// <code>a ← a + s·(w − a) after the first image and every 100 more,  s = max(100 / horizon, 100 / (100 + images seen before))</code>
/// Source: Polyak and Juditsky, SIAM J. Control and Optimization 30, 1992, in its exponential form, with a start that forgets the drawn weights.
/// </remarks>
public sealed class LatencyAverage
{
    /// <summary>Images from one step of the average to the next.</summary>
    public const int Every = 100;

    private readonly ILatencyRule _rule;
    private readonly int _horizon;
    private readonly float[] _hidden;
    private readonly float[] _output;
    private long _seen;

    /// <summary>Begins.</summary>
    /// <param name="rule">Whose weights are averaged.</param>
    /// <param name="horizon">Images that the average reaches back over, at least 100.</param>
    public LatencyAverage(ILatencyRule rule, int horizon)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rule = rule;
        _horizon = Guard.AtLeast(horizon, Every);
        int stride = (rule.Network.Hidden.Neurons + 15) / 16 * 16;
        _hidden = new float[rule.Network.Settings.Inputs * stride];
        _output = new float[rule.Network.Output.Inputs * rule.Network.Output.Stride];
    }

    /// <summary>Counts an image that has been learned from.</summary>
    public void Add()
    {
        if (_seen++ % Every == 0)
        {
            _rule.Average(_hidden, _output, (float)Math.Max((double)Every / _horizon, (double)Every / (Every + _seen - 1)));
        }
    }

    /// <summary>The averages as a network's tensors.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Export() => _rule.Export(_hidden, _output);
}
