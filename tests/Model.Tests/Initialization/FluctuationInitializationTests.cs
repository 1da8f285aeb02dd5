using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Initialization;

[Collection(nameof(OneTorchThread))]
public class FluctuationInitializationTests
{
    private const double Dt = 2e-3;
    private const int Steps = 350;

    private static readonly NeuronSettings Neuron = NeuronSettings.CurrentBased(10f, 5f);   // 20 and 10 ms
    private static readonly FluctuationSettings Paper = new() { StepSeconds = Dt, Rate = PresynapticRate.Global, GlobalRateHz = 15.8 };

    [Fact]
    public void The_first_layer_fluctuates_as_the_theory_says()
    {
        // 700 Poisson inputs at 15.8 Hz: σ_U = 1, less √(1 - ν·dt) = 0.984 because a bin holds one spike at most; the spread of the means is √(ν·ε̄²/ε̂) = 0.972.
        using GraphModule module = Chain(700, 128);
        using Tensor input = Poisson(700, 4);

        FluctuationInitialization.Apply(module, input, Paper);

        LayerStatistics layer = InitializationReport.Measure(module, input, Dt, activeOnly: false).Layers[0];
        Assert.Equal(1, layer.PredictedDeviation, 0.02);   // by 700·128 drawn weights and the rate as it came out
        Assert.Equal(0.984, layer.MeasuredDeviation, 0.03);
        Assert.Equal(0.97, layer.Spread, 0.15);   // 128 neurons: the deviation of a deviation is 1/√256
        Assert.Equal(700, layer.FanIn);
        Assert.Equal(15.8, layer.PresynapticRateHz, 0.3);
        Assert.Equal(0.2108, layer.WeightDeviation, 0.003);
    }

    [Fact]
    public void PyTorchs_start_is_silent_and_per_layer_rates_carry_ten_layers()
    {
        using GraphModule module = Chain(700, [.. Enumerable.Repeat(128, 10)]);
        using Tensor input = Poisson(700, 2);

        InitializationReport before = InitializationReport.Measure(module, input, Dt, activeOnly: false);
        FluctuationInitialization.Apply(module, input, Paper with { Rate = PresynapticRate.PerLayer, CentreRows = true });
        InitializationReport after = InitializationReport.Measure(module, input, Dt, activeOnly: false);

        Assert.All(before.Layers, layer => Assert.Equal(1, layer.SilentShare));
        Assert.Contains(before.Warnings, warning => warning.StartsWith("f1 and 9 layers after it are silent", StringComparison.Ordinal));
        Assert.All(after.Layers, layer => Assert.InRange(layer.RateHz, 7, 16));
        Assert.All(after.Layers, layer => Assert.InRange(layer.SilentShare, 0, 0.03));
        Assert.Empty(after.Warnings);
    }

    [Fact]
    public void A_global_rate_with_a_threshold_far_away_dies_out_with_depth()
    {
        using GraphModule module = Chain(700, 128, 128, 128, 128);
        using Tensor input = Poisson(700, 2);

        FluctuationInitialization.Apply(module, input, Paper with { Targets = FluctuationTargets.OfXi(0, 3) });

        InitializationReport report = InitializationReport.Measure(module, input, Dt, activeOnly: false);
        Assert.True(report.Layers[0].RateHz > 0.1);
        Assert.Equal(0, report.Layers[^1].RateHz, 0.02);
    }

    [Fact]
    public void Calibration_brings_every_layer_to_the_rate_or_the_deviation_asked_for()
    {
        using GraphModule module = Chain(100, 64, 64, 64);
        using Tensor input = Poisson(100, 3);

        FluctuationInitialization.Apply(module, input, Paper with { Calibration = FluctuationCalibration.Rate, RateHz = 20 });
        Assert.All(InitializationReport.Measure(module, input, Dt, activeOnly: false).Layers, layer => Assert.Equal(20, layer.RateHz, 0.7));   // 3 %

        FluctuationInitialization.Apply(module, input, Paper with { Calibration = FluctuationCalibration.Deviation, Targets = new FluctuationTargets(0, 0.8) });
        Assert.All(InitializationReport.Measure(module, input, Dt, activeOnly: false).Layers, layer => Assert.Equal(0.8, layer.MeasuredDeviation, 1e-3));
    }

    [Fact]
    public void A_mean_potential_off_zero_is_reached_too()
    {
        using GraphModule module = Chain(400, 64);
        using Tensor input = Poisson(400, 4);

        FluctuationInitialization.Apply(module, input, Paper with { Targets = FluctuationTargets.OfXi(0.4, 1.5), CentreRows = true });

        LayerStatistics layer = InitializationReport.Measure(module, input, Dt, activeOnly: false).Layers[0];
        Assert.Equal(0.4, layer.MeasuredMeanPotential, 0.03);
        Assert.Equal(0.4, layer.MeasuredDeviation, 0.03);   // (1 - 0.4)/1.5
    }

    [Fact]
    public void A_recurrent_layer_splits_its_variance_between_input_and_itself()
    {
        using GraphModule module = Recurrent(out NetworkGraph graph);
        using Tensor input = Poisson(100, 4);

        FluctuationInitialization.Apply(module, input, Paper with { Rate = PresynapticRate.PerLayer, FeedforwardShare = 0.7, Targets = new FluctuationTargets(0, 0.9) });

        LayerStatistics layer = InitializationReport.Measure(module, input, Dt, activeOnly: false).Layers[0];
        Assert.Equal(2, layer.Afferents.Count);
        Assert.Equal(0.7, layer.Afferents.Single(a => a.Weights == "in").VarianceShare, 0.04);   // the loop's own rate is known to a few per cent
        Assert.Equal(0.9, layer.MeasuredDeviation, 0.08);
        Assert.True(graph.IsRecurrent && layer.RateHz > 3);
    }

    [Fact]
    public void Dales_law_balances_a_layer_and_holds_through_training()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(100, 1, 1));
        string layer = DaleLayer.Add(builder, "e", builder.Input, 80, 20, Neuron, recurrent: true);
        builder.LeakyIntegrate("out", builder.Linear("read", layer, new LinearOperation(2, "read.weight", null)), 100f, 5f);
        NetworkGraph graph = builder.Build();
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, 1));
        using Tensor input = Poisson(100, 4);

        FluctuationInitialization.Apply(module, input, Paper with { Rate = PresynapticRate.PerLayer, Distribution = WeightDistribution.Exponential });

        InitializationReport report = InitializationReport.Measure(module, input, Dt, activeOnly: false);
        Assert.All(report.Layers, population => Assert.InRange(population.RateHz, 1, 60));
        Assert.All(report.Layers, population => Assert.Equal(0, population.PredictedMeanPotential, 0.25));   // the loop's own rate is known to some per cent of an excitation of about 1
        AssertSigns();

        // Steps that push every weight the wrong way, then the clamp.
        using (no_grad())
        {
            foreach (Tensor weight in module.Tensors.Values)
            {
                weight.mul_(-1f);
            }
        }

        SynapseSigns.Clamp(module);
        AssertSigns();
        Assert.All(graph.Nodes.Where(node => node.Operation is LinearOperation { Sign: not SynapseSign.Any }), node => Assert.Equal(0f, module.Tensors[((LinearOperation)node.Operation).Weight].abs().max().item<float>()));

        void AssertSigns() => Assert.All(graph.Nodes.Select(node => node.Operation).OfType<LinearOperation>().Where(linear => linear.Sign != SynapseSign.Any), linear =>
        {
            float[] weights = module.Tensors[linear.Weight].data<float>().ToArray();
            Assert.All(weights, w => Assert.True(linear.Sign == SynapseSign.Excitatory ? w >= 0 : w <= 0));
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_step_networks_reach_their_deviation_behind_padding_pooling_resizing_and_depthwise_pairs(bool separable)
    {
        // PLIF, one step: v = m·σ(w)·Σ w·z. Counts up to 3 on 20 % of pixels; deviation over neurons and samples, calibrated by nothing but the formula.
        NetworkGraph graph = Convolutional(separable);
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, 1));
        using Tensor input = Counts();

        FluctuationInitialization.Apply(module, input, new FluctuationSettings { StepSeconds = 1, ActiveOnly = true, Targets = new FluctuationTargets(0, 0.8) });

        InitializationReport report = InitializationReport.Measure(module, input, 1, activeOnly: true);
        // One draw of few channels: a deviation over 16 maps scatters by 1/√32, and a depthwise pair's by more.
        Assert.All(report.Layers, layer => Assert.Equal(0.8, layer.PredictedDeviation, separable ? 0.25 : 0.1));
        Assert.All(report.Layers, layer => Assert.Equal(layer.PredictedDeviation, layer.MeasuredDeviation, 0.3));
        Assert.All(report.Layers, layer => Assert.InRange(layer.RatePerStep, 0.01, 0.4));
    }

    [Fact]
    public void Synapses_are_counted_within_the_image_and_repeated_pixels_once_each_square()
    {
        // 3×3 kernel, padding 1, on 2×2 pixels: each output sees 4 pixels. Resized 2×2 → 4×4 (each pixel 2×2 times) under a valid 3×3: 9 taps;
        // along an axis windows see source pixels (0,0,1) or (0,1,1): Σ r² = 5; both axes: 25.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 2, 2));
        builder.Fire("padded", builder.Convolution("c1", builder.Input, new ConvolutionOperation(1, 3, 1, 1, 1, "w1", null)), new NeuronSettings());
        builder.Fire("resized", builder.Convolution("c2", builder.NearestResize("r", builder.Input, 4, 4), new ConvolutionOperation(1, 3, 1, 0, 1, "w2", null)), new NeuronSettings());
        NetworkGraph graph = builder.Build();

        Assert.Equal((4.0, 4.0), DriveMeasurement.Synapses(graph, Afferent.Of(graph, graph["padded"])[0]));
        Assert.Equal((9.0, 25.0), DriveMeasurement.Synapses(graph, Afferent.Of(graph, graph["resized"])[0]));
    }

    [Fact]
    public void Sparse_connections_keep_the_deviation()
    {
        using GraphModule module = Chain(700, 128);
        using Tensor input = Poisson(700, 3);

        FluctuationInitialization.Apply(module, input, Paper with { Connectivity = 0.2 });

        Assert.Equal(0.984, InitializationReport.Measure(module, input, Dt, activeOnly: false).Layers[0].MeasuredDeviation, 0.05);
        Assert.InRange(module.Tensors["l1.weight"].count_nonzero().item<long>() / (700.0 * 128), 0.195, 0.205);
    }

    [Fact]
    public void A_window_too_short_for_the_depth_is_told_with_both_numbers()
    {
        // Input in steps 0..23 of 40 at 1 ms, six layers of 6.93 ms each: 24 + 41.6 = 65.6 ms are wanted, 40 there.
        var builder = new NetworkGraphBuilder(new FeatureShape(5, 1, 1));
        string from = builder.Input;
        for (int i = 1; i <= 6; i++)
        {
            from = builder.Fire($"f{i}", builder.Linear($"l{i}", from, new LinearOperation(5, $"l{i}.weight", null)), NeuronSettings.CurrentBased(10f, 5f));
        }

        NetworkGraph graph = builder.Build();
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, 1));
        using Tensor input = zeros([1, 40, 5, 1, 1]);
        input.narrow(1, 0, 24).fill_(1f).Dispose();

        InitializationReport report = InitializationReport.Measure(module, input, 1e-3, activeOnly: false);

        Assert.StartsWith("The window of 0.04 s is short for this depth: the input lasts 0.024 s and the deepest path answers 0.04159 s later, 0.06559 s in all.", report.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_draws_the_same_weights_and_another_seed_others()
    {
        using GraphModule module = Chain(50, 20, 20);
        using Tensor input = Poisson(50, 2);
        float[] Draw(int seed)
        {
            FluctuationInitialization.Apply(module, input, Paper with { Seed = seed });
            return module.Tensors["l2.weight"].data<float>().ToArray();
        }

        float[] first = Draw(1);

        Assert.Equal(first, Draw(1));
        Assert.NotEqual(first, Draw(2));
    }

    private static GraphModule Chain(int inputs, params int[] widths)
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(inputs, 1, 1));
        string from = builder.Input;
        for (int i = 1; i <= widths.Length; i++)
        {
            from = builder.Fire($"f{i}", builder.Linear($"l{i}", from, new LinearOperation(widths[i - 1], $"l{i}.weight", null)), Neuron);
        }

        NetworkGraph graph = builder.Build();
        return new GraphModule(graph, UniformInitialization.Draw(graph, 1));
    }

    private static GraphModule Recurrent(out NetworkGraph graph)
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(100, 1, 1));
        string back = builder.Linear("loop", builder.Feedback("back", "hidden", new FeatureShape(64, 1, 1)), new LinearOperation(64, "loop.weight", null));
        builder.Fire("hidden", builder.Add("drive", builder.Linear("in", builder.Input, new LinearOperation(64, "in.weight", null)), back), Neuron);
        graph = builder.Build();
        return new GraphModule(graph, UniformInitialization.Draw(graph, 1));
    }

    private static NetworkGraph Convolutional(bool separable)
    {
        var neuron = new NeuronSettings { Kind = NeuronKind.Plif, InputGain = 10f, TauSteps = 3f };
        var builder = new NetworkGraphBuilder(new FeatureShape(4, 24, 32));
        string down = builder.Fire("down", Convolution("down", builder.Input, stride: 2, padding: 2), neuron);
        string skip = builder.Fire("same", Convolution("same", down, stride: 1, padding: 2), neuron);
        string sum = builder.Add("sum", skip, down);
        builder.Fire("up", Convolution("up", builder.NearestResize("resize", builder.SumPooling("pool", sum, 2), 16, 20), stride: 1, padding: 0), neuron);
        return builder.Build();

        string Convolution(string name, string from, int stride, int padding)
        {
            int channels = builder.Shape(from).Channels;
            return separable
                ? builder.Convolution($"{name}.p", builder.Convolution($"{name}.d", from, new ConvolutionOperation(channels, 5, stride, padding, channels, $"{name}.depthwise", null)), new ConvolutionOperation(16, 1, 1, 0, 1, $"{name}.pointwise", null))
                : builder.Convolution($"{name}.c", from, new ConvolutionOperation(16, 5, stride, padding, 1, $"{name}.weight", null));
        }
    }

    private static Tensor Poisson(int units, int samples)
    {
        using DisposeScope scope = NewDisposeScope();
        return rand([samples, Steps, units, 1, 1], generator: new Generator(11)).lt((float)(15.8 * Dt)).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private static Tensor Counts()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor draws = rand([6, 1, 4, 24, 32], generator: new Generator(12));
        return (draws.lt(0.2f).to_type(ScalarType.Float32) + draws.lt(0.05f).to_type(ScalarType.Float32) + draws.lt(0.01f).to_type(ScalarType.Float32)).MoveToOuterDisposeScope();
    }
}
