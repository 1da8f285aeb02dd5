using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>Draws and scales the weights of single layers.</summary>
internal sealed class LayerWeights(GraphModule module, FluctuationSettings settings)
{
    private readonly string[] _order = [.. module.Graph.Parameters.Select(parameter => parameter.Name)];

    /// <summary>Draws the weights of all connections onto a layer.</summary>
    /// <param name="layer">A firing node.</param>
    /// <param name="afferents">Its connections.</param>
    /// <param name="drives">What arrives by each.</param>
    /// <param name="steps">T.</param>
    public void Draw(GraphNode layer, IReadOnlyList<Afferent> afferents, IReadOnlyList<AfferentDrive> drives, int steps)
    {
        NeuronSettings neuron = ((FiringOperation)layer.Operation).Neuron;
        SynapticKernel kernel = KernelOf(neuron, module.Leak(layer), settings.StepSeconds, steps);
        AfferentDrive[] thinned = [.. drives.Select(drive => drive with { FanIn = drive.FanIn * settings.Connectivity, RepeatedFanIn = drive.RepeatedFanIn * settings.Connectivity })];
        FluctuationTargets targets = settings.LayerTargets.GetValueOrDefault(layer.Name, settings.Targets);
        if (afferents.Any(afferent => afferent.Sign != SynapseSign.Any))
        {
            DrawSigned(layer, targets, afferents, thinned, kernel);
            return;
        }

        WeightMoments[] moments = WeightMoments.Solve(layer.Name, targets, thinned, Shares(afferents), kernel);
        for (int c = 0; c < afferents.Count; c++)
        {
            DrawUnsigned(afferents[c], moments[c]);
        }
    }

    /// <summary>Draws the weights of a linear node onto a leaky readout; other nodes are left alone.</summary>
    public void DrawReadout(GraphNode node)
    {
        if (node.Operation is LinearOperation linear && module.Graph.Consumers[node.Name].Any(reader => reader.Operation is LeakyIntegratorOperation))
        {
            Parameter weight = module.Tensors[linear.Weight];
            Fill(linear.Weight, values => WeightDraws.Fill(RandomOf(linear.Weight), values, WeightDistribution.Normal, new WeightMoments(0, 1 / Math.Sqrt(weight.shape[1]))));
            Clear(linear.Bias);
        }
    }

    /// <summary>Multiplies all of a layer's weights by one factor.</summary>
    public void Scale(IEnumerable<Afferent> afferents, double factor)
    {
        foreach (Afferent afferent in afferents)
        {
            module.Tensors[afferent.Tensors.Weight].mul_((float)factor);
        }
    }

    /// <summary>The kernel of a layer in a run of so many steps: cut off by the window where the neuron does not leak or there is one step only.</summary>
    public static SynapticKernel KernelOf(NeuronSettings neuron, float leak, double stepSeconds, int steps) =>
        steps == 1 || neuron.Kind == NeuronKind.If ? SynapticKernel.Within(neuron, stepSeconds, steps, leak)
        : SynapticKernel.Of(neuron.Kind == NeuronKind.Plif ? neuron with { TauSteps = 1f / leak } : neuron, stepSeconds);

    private double[] Shares(IReadOnlyList<Afferent> afferents)
    {
        if (!settings.SplitVariance)
        {
            return [.. afferents.Select(_ => 1.0)];
        }

        int recurrent = afferents.Count(afferent => afferent.IsRecurrent), forward = afferents.Count - recurrent;
        double alpha = recurrent == 0 ? 1 : forward == 0 ? 0 : settings.FeedforwardShare;
        double[] shares = [.. afferents.Select(afferent =>
            settings.Shares.TryGetValue(afferent.Weights.Name, out double share) ? share : afferent.IsRecurrent ? (1 - alpha) / recurrent : alpha / forward)];
        return [.. shares.Select(share => share / shares.Sum())];
    }

    private void DrawUnsigned(Afferent afferent, WeightMoments moments)
    {
        (string weight, string? bias) = afferent.Tensors;
        if (afferent.Depthwise is { Operation: ConvolutionOperation depthwise })
        {
            // w = p·d: unit energy for d and the rest for p; both get the root of the mean's share, so that E[p]·E[d] = μ_w.
            double root = Math.Sqrt((moments.Mean * moments.Mean) + (moments.Deviation * moments.Deviation)), share = Math.Sqrt(Math.Abs(moments.Mean) / root);
            DrawPlain(depthwise.Weight, new WeightMoments(share / depthwise.Kernel, Math.Sqrt(1 - (share * share)) / depthwise.Kernel), centre: false);
            Clear(depthwise.Bias);
            moments = new WeightMoments(Math.Sign(moments.Mean) * share * root * depthwise.Kernel, Math.Sqrt(1 - (share * share)) * root * depthwise.Kernel);
        }

        DrawPlain(weight, moments, settings.CentreRows);
        Clear(bias);
    }

    private void DrawPlain(string name, WeightMoments moments, bool centre) => Fill(name, values =>
    {
        Random random = RandomOf(name);
        WeightDraws.Fill(random, values, settings.Distribution, moments);
        WeightDraws.Thin(random, values, settings.Connectivity);
        if (centre)
        {
            WeightDraws.CentreRows(values, values.Length / (int)module.Tensors[name].shape[0], moments.Mean);
        }
    });

    private void DrawSigned(GraphNode layer, FluctuationTargets targets, IReadOnlyList<Afferent> afferents, AfferentDrive[] drives, SynapticKernel kernel)
    {
        if (targets.MeanPotential != 0 || afferents.Any(afferent => afferent.Sign == SynapseSign.Any))
        {
            throw new ArgumentException($"Layer {layer.Name} obeys Dale's law: all its connections need a sign, and its mean potential is balanced, μ_U = 0.");
        }

        (Afferent Afferent, AfferentDrive Drive)[] all = [.. afferents.Zip(drives)];
        bool Inhibits((Afferent Afferent, AfferentDrive Drive) c) => c.Afferent.Sign == SynapseSign.Inhibitory;
        DaleBalance balance = DaleBalance.Solve(
            layer.Name, settings.Distribution, targets.Deviation, settings.FeedforwardShare,
            [.. all.Where(c => !Inhibits(c) && !c.Afferent.IsRecurrent).Select(c => c.Drive)],
            [.. all.Where(c => !Inhibits(c) && c.Afferent.IsRecurrent).Select(c => c.Drive)],
            [.. all.Where(Inhibits).Select(c => c.Drive)], kernel);
        foreach (Afferent afferent in afferents)
        {
            bool inhibits = afferent.Sign == SynapseSign.Inhibitory;
            DrawOneSigned(afferent, inhibits ? balance.Inhibitory : afferent.IsRecurrent ? balance.Recurrent : balance.Feedforward, inhibits);
        }
    }

    private void DrawOneSigned(Afferent afferent, double parameter, bool inhibits)
    {
        if (afferent.Depthwise is not null)
        {
            throw new NotSupportedException($"{afferent.Weights.Name}: weights of one sign are drawn for linear and plain convolution nodes; a depthwise pair multiplies two signs.");
        }

        Fill(afferent.Tensors.Weight, values =>
        {
            Random random = RandomOf(afferent.Tensors.Weight);
            if (settings.Distribution == WeightDistribution.Exponential)
            {
                WeightDraws.FillExponential(random, values, parameter);
            }
            else
            {
                WeightDraws.FillLogNormal(random, values, parameter);
            }

            WeightDraws.Thin(random, values, settings.Connectivity);
            for (int i = 0; inhibits && i < values.Length; i++)
            {
                values[i] = -values[i];
            }
        });
        Clear(afferent.Tensors.Bias);
    }

    private void Fill(string name, Action<Span<float>> fill)
    {
        Parameter parameter = module.Tensors[name];
        float[] values = new float[parameter.numel()];
        fill(values);
        using Tensor drawn = tensor(values, parameter.shape);
        parameter.copy_(drawn);
    }

    private void Clear(string? name)
    {
        if (name is not null)
        {
            module.Tensors[name].zero_();
        }
    }

    /// <summary>Each tensor has draws of its own, so that redrawing one leaves the others as they were.</summary>
    private Random RandomOf(string name) => new(unchecked((settings.Seed * 1_000_003) + Array.IndexOf(_order, name)));
}
