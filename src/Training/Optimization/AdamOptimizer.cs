using StereoSpike.Files;
using StereoSpike.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>Adam, with its state in plain tensors so that a checkpoint holds it whole and a resumed run goes on bit for bit.</summary>
/// <remarks>Kingma and Ba, ICLR 2015 (arXiv:1412.6980), algorithm 1, with β₁ = 0.9, β₂ = 0.999, ε = 1e-8 and no weight decay:
/// <code>
/// m ← β₁·m + (1 − β₁)·g        v ← β₂·v + (1 − β₂)·g²
/// w ← w − lr · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
/// </code></remarks>
public sealed class AdamOptimizer : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;
    private const string First = "adam.m.", Second = "adam.v.";
    private readonly GraphModule _module;
    private readonly Dictionary<string, (Tensor M, Tensor V)> _moments = [];

    /// <summary>Starts with moments of zero.</summary>
    public AdamOptimizer(GraphModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        _module = module;
        foreach ((string name, Parameter parameter) in module.Tensors)
        {
            using IDisposable noGradient = no_grad();
            _moments.Add(name, (zeros_like(parameter).DetachFromDisposeScope(), zeros_like(parameter).DetachFromDisposeScope()));
        }
    }

    /// <summary>Steps taken so far, t.</summary>
    public long Steps { get; private set; }

    /// <summary>The moments, in one order everywhere.</summary>
    internal IEnumerable<Tensor> State => _moments.Values.SelectMany(pair => new[] { pair.M, pair.V });

    /// <summary>Clears all gradients.</summary>
    public void ZeroGradients() => _module.zero_grad();

    /// <summary>Scales all gradients so that their joint norm is at most a bound.</summary>
    /// <returns>The norm before.</returns>
    public double ClipGradients(double maximumNorm) => nn.utils.clip_grad_norm_(_module.parameters(), maximumNorm);

    /// <summary>Takes one step along the gradients; tensors without one stay.</summary>
    /// <param name="learningRate">lr, greater than 0.</param>
    public void Step(double learningRate)
    {
        Steps++;
        double scale = learningRate / (1 - Math.Pow(Beta1, Steps)), second = 1 - Math.Pow(Beta2, Steps);
        using IDisposable noGradient = no_grad();
        foreach ((string name, Parameter parameter) in _module.Tensors)
        {
            using DisposeScope scope = NewDisposeScope();
            if (parameter.grad is { } gradient)
            {
                (Tensor m, Tensor v) = _moments[name];
                m.mul_(Beta1).add_(gradient, alpha: 1 - Beta1);
                v.mul_(Beta2).addcmul_(gradient, gradient, value: 1 - Beta2);
                parameter.addcdiv_(m, (v / second).sqrt_().add_(Epsilon), value: -scale);
            }
        }
    }

    /// <summary>The moments, by tensor names that tell them from weights.</summary>
    public IReadOnlyDictionary<string, WeightTensor> ExportState() => _moments
        .SelectMany(pair => new[] { (First + pair.Key, pair.Value.M), (Second + pair.Key, pair.Value.V) })
        .ToDictionary(pair => pair.Item1, pair => new WeightTensor([.. pair.Item2.shape.Select(side => (int)side)], pair.Item2.data<float>().ToArray()));

    /// <summary>Takes up where <see cref="ExportState"/> left off.</summary>
    /// <param name="state">The moments.</param>
    /// <param name="steps">Steps taken until then.</param>
    /// <param name="source">What messages call the place they came from, such as a file.</param>
    /// <exception cref="InvalidDataException">A moment is missing or of another shape.</exception>
    public void ImportState(IReadOnlyDictionary<string, WeightTensor> state, long steps, string source)
    {
        ArgumentNullException.ThrowIfNull(state);
        using IDisposable noGradient = no_grad();
        foreach ((string name, (Tensor m, Tensor v)) in _moments)
        {
            Restore(m, First + name);
            Restore(v, Second + name);
        }

        Steps = steps;

        void Restore(Tensor moment, string name)
        {
            if (!state.TryGetValue(name, out WeightTensor? kept) || kept.Values.Length != moment.numel())
            {
                throw BadFile.Error(source, name, $"the optimiser's moment is missing or not of shape [{string.Join(", ", moment.shape)}]", "The checkpoint belongs to another network or is damaged; start a new run.");
            }

            using Tensor values = tensor(kept.Values, moment.shape);
            moment.copy_(values);
        }
    }

    /// <summary>Whether a checkpoint's tensor is a moment.</summary>
    public static bool Owns(string tensor) => tensor.StartsWith(First, StringComparison.Ordinal) || tensor.StartsWith(Second, StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Tensor m, Tensor v) in _moments.Values)
        {
            m.Dispose();
            v.Dispose();
        }
    }
}
