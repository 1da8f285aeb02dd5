using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>What the nodes of a network remember from step to step, and how they go from one to the next.</summary>
/// <param name="stateless">The nodes that remember nothing.</param>
/// <param name="neurons">The firing nodes' layers.</param>
/// <param name="samples">N, which zeros need.</param>
internal sealed class NodeMemory(StatelessNodes stateless, IReadOnlyDictionary<string, NeuronLayer> neurons, long samples)
{
    private readonly Dictionary<string, NeuronState> _neurons = [];
    private readonly Dictionary<string, Tensor> _sums = [];
    private readonly Dictionary<string, Tensor> _before = [];

    /// <summary>Potentials of each integrator after each of its inputs in the last step.</summary>
    public Dictionary<string, IReadOnlyList<Tensor>> Readouts { get; } = [];

    /// <summary>Takes a node through one step.</summary>
    /// <param name="node">Any but the input.</param>
    /// <param name="values">This step's values so far, shape [N,C,H,W].</param>
    /// <param name="lastStep">Whether nobody will ask for the state after this.</param>
    /// <param name="input">A firing node's input, where it is not what the node before it made.</param>
    /// <returns>The node's value.</returns>
    public Tensor Advance(GraphNode node, IReadOnlyDictionary<string, Tensor> values, bool lastStep, Tensor? input = null)
    {
        switch (node.Operation)
        {
            case FiringOperation:
                NeuronState? state = _neurons.TryGetValue(node.Name, out NeuronState kept) ? kept : null;
                (Tensor spikes, state) = neurons[node.Name].Step(input ?? values[node.Inputs[0]], state, keepState: !lastStep);
                Keep(node, state);
                return spikes;
            case IntegratorOperation integrator:
                return Integrate(node, integrator, values);
            case LeakyIntegratorOperation leaky:
                return Leak(node, leaky, values[node.Inputs[0]]);
            case FeedbackOperation feedback:
                return _before.TryGetValue(feedback.Source, out Tensor? before) ? before : zeros(samples, node.Shape.Channels, node.Shape.Height, node.Shape.Width);
            default:
                return stateless.Evaluate(node, values);
        }
    }

    /// <summary>Remembers what the next step's feedbacks will read.</summary>
    public void EndStep(IEnumerable<GraphNode> nodes, IReadOnlyDictionary<string, Tensor> values)
    {
        foreach (GraphNode node in nodes)
        {
            if (node.Operation is FeedbackOperation feedback)
            {
                _before[feedback.Source] = values[feedback.Source];
            }
        }
    }

    private void Keep(GraphNode node, NeuronState? state)
    {
        if (state is { } after)
        {
            _neurons[node.Name] = after;
        }
    }

    private Tensor Integrate(GraphNode node, IntegratorOperation integrator, IReadOnlyDictionary<string, Tensor> values)
    {
        Tensor? sum = _sums.GetValueOrDefault(node.Name);
        var partial = new List<Tensor>();
        foreach (string source in node.Inputs)
        {
            Tensor arrived = values[source] * integrator.Gain;
            sum = sum is null ? arrived : sum + arrived;
            partial.Add(sum);
        }

        Readouts[node.Name] = partial;
        _sums[node.Name] = sum!;
        return sum!;
    }

    private Tensor Leak(GraphNode node, LeakyIntegratorOperation leaky, Tensor x)
    {
        float a = CubaLif.Decay(leaky.MembraneTauSteps), b = CubaLif.Decay(leaky.SynapticTauSteps);
        (Tensor u, Tensor? current) = _neurons.TryGetValue(node.Name, out NeuronState kept) ? kept : new NeuronState(zeros_like(x), zeros_like(x));
        _neurons[node.Name] = new NeuronState((u * a) + (current! * (1f - a)), (current! * b) + x);
        Readouts[node.Name] = [u];
        return u;
    }
}
