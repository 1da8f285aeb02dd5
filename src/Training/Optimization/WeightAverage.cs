using StereoSpike.Files;
using StereoSpike.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>A running average of all weights, which validates and ships in their place: less restless than the last step's.</summary>
/// <remarks>Polyak and Juditsky, SIAM J. Control and Optimization 30, 1992, in its exponential form with a start that forgets the drawn weights:
/// <code>a ← d·a + (1 − d)·w,   d = min(decay, (1 + t)/(10 + t)),   t steps taken</code></remarks>
public sealed class WeightAverage : IDisposable
{
    private const string Prefix = "average.";
    private readonly GraphModule _module;
    private readonly double _decay;
    private readonly Dictionary<string, Tensor> _averages = [];

    /// <summary>Starts at the module's weights.</summary>
    /// <param name="module">Whose weights are averaged.</param>
    /// <param name="decay">The most that one step leaves of the average before it, in [0, 1).</param>
    public WeightAverage(GraphModule module, double decay)
    {
        ArgumentNullException.ThrowIfNull(module);
        (_module, _decay) = (module, Guard.Within(decay, 0.0, 1.0));
        using IDisposable noGradient = no_grad();
        foreach ((string name, Parameter parameter) in module.Tensors)
        {
            _averages.Add(name, parameter.detach().clone().DetachFromDisposeScope());
        }
    }

    /// <summary>The averages, in one order everywhere.</summary>
    internal IEnumerable<Tensor> State => _averages.Values;

    /// <summary>Takes the module's weights into the average.</summary>
    /// <param name="steps">Steps the optimiser has taken, t.</param>
    public void Add(long steps)
    {
        double share = 1 - Math.Min(_decay, (1.0 + steps) / (10.0 + steps));
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, Parameter parameter) in _module.Tensors)
        {
            _averages[name].lerp_(parameter, share);
        }
    }

    /// <summary>Puts the averages into the module and its weights aside, until the answer is disposed.</summary>
    public IDisposable Show()
    {
        Exchange();
        return new Shown(this);
    }

    /// <summary>The averages, by tensor names that tell them from weights.</summary>
    public IReadOnlyDictionary<string, WeightTensor> ExportState() => _averages.ToDictionary(
        pair => Prefix + pair.Key, pair => new WeightTensor([.. pair.Value.shape.Select(side => (int)side)], pair.Value.data<float>().ToArray()));

    /// <summary>Takes up where <see cref="ExportState"/> left off.</summary>
    /// <param name="state">The averages.</param>
    /// <param name="source">What messages call the place they came from, such as a file.</param>
    /// <exception cref="InvalidDataException">An average is missing or of another shape.</exception>
    public void ImportState(IReadOnlyDictionary<string, WeightTensor> state, string source)
    {
        ArgumentNullException.ThrowIfNull(state);
        using IDisposable noGradient = no_grad();
        foreach ((string name, Tensor average) in _averages)
        {
            if (!state.TryGetValue(Prefix + name, out WeightTensor? kept) || kept.Values.Length != average.numel())
            {
                throw BadFile.Error(source, Prefix + name, $"the average is missing or not of shape [{string.Join(", ", average.shape)}]", "The checkpoint belongs to another network or is damaged; start a new run.");
            }

            using Tensor values = tensor(kept.Values, average.shape);
            average.copy_(values);
        }
    }

    /// <summary>Whether a checkpoint's tensor is an average.</summary>
    public static bool Owns(string tensor) => tensor.StartsWith(Prefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor average in _averages.Values)
        {
            average.Dispose();
        }
    }

    private void Exchange()
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, Parameter parameter) in _module.Tensors)
        {
            Tensor kept = parameter.detach().clone();
            parameter.copy_(_averages[name]);
            _averages[name].copy_(kept);
        }
    }

    private sealed class Shown(WeightAverage owner) : IDisposable
    {
        public void Dispose() => owner.Exchange();
    }
}
