using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Turns NIR graphs into networks of ours.</summary>
/// <remarks>
/// NIR's equations are continuous; a step is Euler's, of dt seconds:
/// <code>
/// LIF   τ·v' = (v_leak − v) + R·I     v ← v + (R·I − (v − v_leak))·dt/τ      z = v > v_threshold, then v = v_reset
/// IF    v' = R·I                      v ← v + R·I, R without dt: a file whose R is 1/dt means the same
/// </code>
/// dt is in the graph's <c>metadata</c> if its writer was kind, else it must be given or is 1e-4 s, as in snnTorch and SpikingJelly. Weights take R in. Ties do not fire.
/// Read: Input, Output, Affine, Linear, Conv2d, SumPool2d, Flatten, IF, LIF, I, and the extension Upsample2d of <see cref="NirExport"/>. A layer's neurons must be alike.
/// Everything else is refused by name.
/// </remarks>
public sealed class NirImport
{
    private const double UsualDtSeconds = 1e-4;
    private const double LargestStepGain = 100;   // an R beyond that is 1/dt, not a gain
    private readonly string _path;
    private readonly NirNode _root;
    private readonly double _dt;
    private readonly List<string> _warnings = [];
    private readonly Dictionary<string, WeightTensor> _weights = [];
    private readonly Dictionary<string, string> _made = [];
    private readonly Dictionary<string, double> _gains;
    private NetworkGraphBuilder _builder = null!;

    private NirImport(string path, NirNode root, double? dtSeconds)
    {
        (_path, _root) = (path, root);
        if (root.Type != "NIRGraph")
        {
            throw Bad("node", $"is a {root.Type} where a NIRGraph is needed");
        }

        _dt = dtSeconds ?? (root.Metadata.TryGetValue("dt", out NirField? dt) && dt.Numbers is [> 0] ? dt.Numbers[0] : 0);
        if (_dt == 0)
        {
            _dt = UsualDtSeconds;
            _warnings.Add("The file does not tell its time step; 1e-4 s is assumed.");
        }

        _gains = root.Nodes.Where(pair => pair.Value.Type is "IF" or "LIF" or "I").ToDictionary(pair => pair.Key, pair => Gain(pair.Key, pair.Value));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dtSeconds">Length of a step, seconds; null for what the file tells.</param>
    /// <exception cref="InvalidDataException">It is no NIR file, or holds what has no form here; the message names the node.</exception>
    public static NirNetwork Read(string path, double? dtSeconds = null) => new NirImport(path, NirFile.Read(path), dtSeconds).Build();

    private NirNetwork Build()
    {
        (string inputName, NirNode input) = _root.Nodes.Where(pair => pair.Value.Type == "Input").Select(pair => (pair.Key, pair.Value)).ToArray() switch
        {
            [var only] => only,
            var found => throw Bad("node/nodes", $"has {found.Length} Input nodes where one is needed"),
        };
        int[] shape = Whole(inputName, input, "shape");
        _builder = new NetworkGraphBuilder(shape switch
        {
            [var k] => new FeatureShape(k, 1, 1),
            [var c, var h, var w] => new FeatureShape(c, h, w),
            _ => throw Bad(inputName, $"has shape [{string.Join(", ", shape)}]; [K] and [C, H, W] are read"),
        });
        _made.Add(inputName, _builder.Input);
        var outputs = new List<string>();
        foreach (string name in Ordered(inputName))
        {
            string source = Sum(name);
            if (_root.Nodes[name].Type == "Output")
            {
                outputs.Add(source);
                _made.Add(name, source);
            }
            else
            {
                _made.Add(name, Add(name, _root.Nodes[name], source));
            }
        }

        return new NirNetwork(_builder.Build(), _weights, outputs, _dt, _warnings);
    }

    /// <summary>Nodes after the input, each after those that it reads.</summary>
    private List<string> Ordered(string input)
    {
        foreach ((string source, string target) in _root.Edges)
        {
            if (!_root.Nodes.ContainsKey(source) || !_root.Nodes.ContainsKey(target))
            {
                throw Bad("node/edges", $"lead from {source} to {target}, of which one is no node");
            }
        }

        var ready = new HashSet<string> { input };
        var ordered = new List<string>();
        string[] waiting = [.. _root.Nodes.Keys.Where(name => name != input).Order(StringComparer.Ordinal)];
        while (waiting.Length > 0)
        {
            string[] next = [.. waiting.Where(name => _root.Edges.Any(edge => edge.Target == name) && _root.Edges.Where(edge => edge.Target == name).All(edge => ready.Contains(edge.Source)))];
            if (next.Length == 0)
            {
                throw Bad($"node/nodes/{waiting[0]}", "is in a loop, or nothing leads to it from the input; loops are not read");
            }

            ordered.AddRange(next);
            ready.UnionWith(next);
            waiting = [.. waiting.Except(next)];
        }

        return ordered;
    }

    private string Sum(string name)
    {
        string[] sources = [.. _root.Edges.Where(edge => edge.Target == name).Select(edge => _made[edge.Source]).Order(StringComparer.Ordinal)];
        return sources.Skip(1).Select((source, i) => (source, i)).Aggregate(sources[0], (sum, next) => _builder.Add($"{name}.sum{next.i}", sum, next.source));
    }

    private string Add(string name, NirNode node, string source)
    {
        try
        {
            return node.Type switch
            {
                "Affine" or "Linear" => Linear(name, node, source),
                "Conv2d" => Convolution(name, node, source),
                "SumPool2d" => Pooling(name, node, source),
                "Flatten" => source,   // a linear layer flattens by itself, in the same order
                "IF" or "LIF" => _builder.Fire(name, source, Neurons(name, node)),
                "I" => _builder.Integrate(name, [source], (float)_gains[name]),
                "Upsample2d" => Whole(name, node, "size") is [var h, var w] ? _builder.NearestResize(name, source, h, w) : throw Bad(name, "has a size that is not [H, W]"),
                _ => throw Bad(name, $"is a {node.Type}, which has no form here"),
            };
        }
        catch (ArgumentException cause)
        {
            throw BadFile.Error(_path, $"node/nodes/{name}", cause.Message, "The graph's shapes do not fit together; write it again.", cause);
        }
    }

    private string Linear(string name, NirNode node, string source)
    {
        NirField weight = Required(name, node, "weight");
        int inputs = _builder.Shape(source).Count;
        if (weight.Shape is not [var outputs, var read] || read != inputs)
        {
            throw Bad(name, $"has weights of shape [{string.Join(", ", weight.Shape)}] for {inputs} inputs");
        }

        Keep($"{name}.weight", [outputs, read], weight);
        string? bias = Bias(name, node, outputs);
        return _builder.Linear(name, source, new LinearOperation(outputs, $"{name}.weight", bias));
    }

    private string Convolution(string name, NirNode node, string source)
    {
        NirField weight = Required(name, node, "weight");
        int groups = Whole(name, node, "groups")[0];
        if (weight.Shape is not [var outputs, var inputs, var kernel, var width] || kernel != width || groups < 1 || inputs * groups != _builder.Shape(source).Channels)
        {
            throw Bad(name, $"has weights of shape [{string.Join(", ", weight.Shape)}] in {groups} groups for an input of {_builder.Shape(source)}; kernels must be square");
        }

        if (node.Fields.TryGetValue("padding", out NirField? named) && named.Text is { } text)
        {
            return Add(text switch { "valid" => 0, "same" when Side("stride") == 1 => (kernel - 1) / 2, _ => throw Bad(name, $"pads by \"{text}\"; numbers, valid, and same with stride 1 are read") });
        }

        return Add(Side("padding"));

        string Add(int padding)
        {
            if (Side("dilation") != 1)
            {
                throw Bad(name, "is dilated, which has no form here");
            }

            Keep($"{name}.weight", [outputs, inputs, kernel, kernel], weight);
            return _builder.Convolution(name, source, new ConvolutionOperation(outputs, kernel, Side("stride"), padding, groups, $"{name}.weight", Bias(name, node, outputs)));
        }

        int Side(string field) => Whole(name, node, field) is [var y, .. var rest] && rest.All(x => x == y) ? y : throw Bad(name, $"has a {field} that differs between rows and columns");
    }

    private string Pooling(string name, NirNode node, string source)
    {
        int[] size = Whole(name, node, "kernel_size"), stride = Whole(name, node, "stride"), padding = Whole(name, node, "padding");
        FeatureShape shape = _builder.Shape(source);
        int side = size[0];
        return side > 0 && size.Concat(stride).All(x => x == side) && padding.All(x => x == 0) && shape.Height % side == 0 && shape.Width % side == 0
            ? _builder.SumPooling(name, source, side)
            : throw Bad(name, $"sums blocks that overlap, are padded, not square, or do not divide {shape}; only plain ones are read");
    }

    private NeuronSettings Neurons(string name, NirNode node)
    {
        bool leaky = node.Type == "LIF";
        double tau = leaky ? Uniform(name, node, "tau") / _dt : 1, leak = leaky ? Uniform(name, node, "v_leak") : 0;
        double reset = node.Fields.ContainsKey("v_reset") ? Uniform(name, node, "v_reset") : 0;
        if (leaky && reset != leak)
        {
            throw Bad(name, $"resets to {Text(reset)} and leaks to {Text(leak)}; only neurons that do both to one potential have a form here");
        }

        if (tau < 1)
        {
            throw Bad(name, $"has a time constant of {Text(tau)} steps of {Text(_dt)} s; give a shorter step");
        }

        return new NeuronSettings
        {
            Kind = leaky ? NeuronKind.Lif : NeuronKind.If,
            TauSteps = (float)tau,
            Threshold = (float)Uniform(name, node, "v_threshold"),
            ResetPotential = (float)reset,
            InputGain = (float)_gains[name],
            FiresAtEquality = false,
        };
    }

    private double Gain(string name, NirNode node)
    {
        double r = Uniform(name, node, "r");
        if (node.Type == "LIF" || r < LargestStepGain)
        {
            return r > 0 ? r : throw Bad(name, $"has r = {Text(r)}, which must be greater than 0");
        }

        _warnings.Add($"Node {name} has r = {Text(r)}, which is taken for 1/dt: a step adds {Text(r * _dt)} times its input.");
        return r * _dt;
    }

    private string? Bias(string name, NirNode node, int outputs)
    {
        if (!node.Fields.TryGetValue("bias", out NirField? bias) || bias.Numbers.All(b => b == 0))
        {
            return null;
        }

        Keep($"{name}.bias", [outputs], bias);
        return $"{name}.bias";
    }

    private void Keep(string weight, int[] shape, NirField field) => _weights.Add(weight, new WeightTensor(
        shape,
        field.Numbers.Length == shape.Aggregate(1, (product, side) => product * side) ? Array.ConvertAll(field.Numbers, number => (float)number) : throw Bad(weight, $"holds {field.Numbers.Length} numbers")));

    private double Uniform(string name, NirNode node, string field)
    {
        double[] numbers = Required(name, node, field).Numbers;
        return numbers.Length > 0 && numbers.All(number => number == numbers[0]) && double.IsFinite(numbers[0])
            ? numbers[0]
            : throw Bad(name, $"has neurons whose {field} differ; a layer's neurons must be alike");
    }

    private int[] Whole(string name, NirNode node, string field)
    {
        double[] numbers = Required(name, node, field).Numbers;
        return numbers.Length > 0 && numbers.All(number => number == Math.Round(number) && Math.Abs(number) < 1 << 20)
            ? Array.ConvertAll(numbers, number => (int)number)
            : throw Bad(name, $"has a {field} that is no list of whole numbers");
    }

    private NirField Required(string name, NirNode node, string field) => node.Fields.TryGetValue(field, out NirField? found) ? found : throw Bad(name, $"has no {field}");

    private static string Text(double number) => number.ToString("G6", CultureInfo.InvariantCulture);

    private InvalidDataException Bad(string place, string found) => BadFile.Error(_path, place, found, "docs/hardware.md lists what is read.");
}
