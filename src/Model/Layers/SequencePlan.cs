namespace StereoSpike.Model;

/// <summary>The order in which a network goes through a whole sequence: one node at a time over all steps, and only the nodes of a loop together, step by step.</summary>
internal sealed class SequencePlan
{
    private readonly NetworkGraph _graph;

    public SequencePlan(NetworkGraph graph)
    {
        _graph = graph;
        Dictionary<string, HashSet<string>> behind = graph.Nodes.ToDictionary(node => node.Name, node => Behind(node.Name));
        List<GraphNode[]> waiting = [.. graph.Nodes
            .GroupBy(node => graph.Nodes.First(other => other == node || (behind[node.Name].Contains(other.Name) && behind[other.Name].Contains(node.Name))).Name)
            .Select(loop => loop.ToArray())];
        var units = new List<GraphNode[]>();
        HashSet<string> done = [];
        while (waiting.Count > 0)
        {
            GraphNode[] next = waiting.First(unit => unit.SelectMany(Sources).All(source => done.Contains(source) || unit.Any(node => node.Name == source)));
            waiting.Remove(next);
            done.UnionWith(next.Select(node => node.Name));
            units.Add(next);
        }

        Units = units;
        BeforeNeurons = graph.FiringNodes.SelectMany(node => behind[node.Name]).ToHashSet();
    }

    /// <summary>Single nodes, and loops of nodes in the graph's order; each after what it reads.</summary>
    public IReadOnlyList<GraphNode[]> Units { get; }

    /// <summary>Names of the nodes that the input of some firing node depends on; the others are readouts.</summary>
    public IReadOnlySet<string> BeforeNeurons { get; }

    /// <summary>Whether the nodes of a unit read themselves, a step later.</summary>
    public static bool IsLoop(GraphNode[] unit) => unit.Any(node => node.Operation is FeedbackOperation feedback && unit.Any(other => other.Name == feedback.Source));

    /// <summary>What a node reads, now or from the step before.</summary>
    public static IEnumerable<string> Sources(GraphNode node) => node.Operation is FeedbackOperation feedback ? [feedback.Source] : node.Inputs;

    /// <summary>All nodes that a node's value can depend on, at any number of steps back.</summary>
    private HashSet<string> Behind(string name)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>(Sources(_graph[name]));
        while (open.TryPop(out string? source))
        {
            if (found.Add(source))
            {
                foreach (string further in Sources(_graph[source]))
                {
                    open.Push(further);
                }
            }
        }

        return found;
    }
}
