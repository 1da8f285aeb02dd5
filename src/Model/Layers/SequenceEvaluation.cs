using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>One pass of a network over a whole sequence, node by node.</summary>
/// <remarks>Values are kept with the steps along the batch, [N·T,C,H,W], so that a convolution or a matrix product sees all steps at once and neurons go through time in one operation.</remarks>
internal sealed class SequenceEvaluation
{
    private readonly StatelessNodes _stateless;
    private readonly IReadOnlyDictionary<string, NeuronLayer> _neurons;
    private readonly Dictionary<string, Tensor> _flat = [];
    private readonly long _samples;
    private readonly long _steps;

    public SequenceEvaluation(StatelessNodes stateless, IReadOnlyDictionary<string, NeuronLayer> neurons, GraphNode inputNode, Tensor sequence)
    {
        _stateless = stateless;
        _neurons = neurons;
        (_samples, _steps) = (sequence.shape[0], sequence.shape[1]);
        _flat.Add(inputNode.Name, sequence.flatten(0, 1));
    }

    /// <summary>Values so far by node, shape [N·T,C,H,W].</summary>
    public IReadOnlyDictionary<string, Tensor> Flat => _flat;

    /// <summary>A node's value with its steps apart, shape [N,T,C,H,W].</summary>
    public Tensor Value(string node) => Apart(_flat[node]);

    /// <summary>Works one unit of the plan out.</summary>
    /// <param name="unit">A node, or a loop.</param>
    public void Evaluate(GraphNode[] unit)
    {
        if (SequencePlan.IsLoop(unit))
        {
            Loop(unit);
        }
        else if (unit[0].Operation is not InputOperation && !_stateless.IsFoldedAway(unit[0]))
        {
            _flat[unit[0].Name] = Evaluate(unit[0]);
        }
    }

    /// <summary>Takes a firing node through its sequence with another input than what the node before it made.</summary>
    /// <param name="node">A firing node.</param>
    /// <param name="input">Shape [N·T,C,H,W].</param>
    public void Fire(GraphNode node, Tensor input) => _flat[node.Name] = _neurons[node.Name].Sequence(Apart(input)).flatten(0, 1);

    /// <summary>Drops values that nobody will read any more.</summary>
    public void Forget(IEnumerable<GraphNode> nodes)
    {
        foreach (GraphNode node in nodes)
        {
            if (_flat.Remove(node.Name, out Tensor? value))
            {
                value.Dispose();
            }
        }
    }

    private Tensor Evaluate(GraphNode node)
    {
        switch (node.Operation)
        {
            case FiringOperation:
                return _neurons[node.Name].Sequence(Value(node.Inputs[0])).flatten(0, 1);
            case IntegratorOperation integrator:
                Tensor sum = node.Inputs.Select(source => _flat[source]).Aggregate((first, second) => first + second);
                return (Apart(sum) * integrator.Gain).cumsum(1).flatten(0, 1);
            case LeakyIntegratorOperation leaky:
                return LeakyIntegratorSequence.Potentials(Value(node.Inputs[0]), leaky).flatten(0, 1);
            case FeedbackOperation feedback:
                Tensor source = Value(feedback.Source);
                return cat([zeros_like(source.narrow(1, 0, 1)), source.narrow(1, 0, _steps - 1)], 1).flatten(0, 1);
            default:
                return _stateless.Evaluate(node, _flat);
        }
    }

    private void Loop(GraphNode[] loop)
    {
        var memory = new NodeMemory(_stateless, _neurons, _samples);
        HashSet<string> inside = [.. loop.Select(node => node.Name)];
        string[] outside = [.. loop.SelectMany(SequencePlan.Sources).Where(source => !inside.Contains(source)).Distinct()];
        Dictionary<string, List<Tensor>> history = loop.ToDictionary(node => node.Name, _ => new List<Tensor>());
        for (int t = 0; t < _steps; t++)
        {
            Dictionary<string, Tensor> values = outside.ToDictionary(source => source, source => Value(source).select(1, t));
            foreach (GraphNode node in loop.Where(node => !_stateless.IsFoldedAway(node)))
            {
                values.Add(node.Name, memory.Advance(node, values, lastStep: t == _steps - 1));
                history[node.Name].Add(values[node.Name]);
            }

            memory.EndStep(loop, values);
        }

        foreach ((string name, List<Tensor> steps) in history.Where(pair => pair.Value.Count > 0))
        {
            _flat[name] = stack(steps, 1).flatten(0, 1);
        }
    }

    private Tensor Apart(Tensor flat) => flat.unflatten(0, _samples, _steps);
}
