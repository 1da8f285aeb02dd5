using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Layers;

[Collection(nameof(OneTorchThread))]
public class SequenceTests
{
    private const int Samples = 2, Steps = 7, Width = 21;   // 21 neurons: whole vectors and a rest, whatever the processor's width

    private static readonly Gen<NeuronSettings> AnyNeuron =
        from kind in Gen.Enum<NeuronKind>()
        from reset in Gen.Enum<ResetKind>()
        from tie in Gen.Bool
        from gain in Gen.OneOf<float>(1f, 0.5f)
        from tau in Gen.OneOf<float>(1.5f, 3f, 7.3f)
        from synaptic in Gen.OneOf<float>(1f, 2f, 7.3f)
        from rest in Gen.OneOf<float>(0f, -0.25f)
        from shape in Gen.Enum<SurrogateShape>()
        select new NeuronSettings
        {
            Kind = kind,
            Reset = reset,
            FiresAtEquality = tie,
            InputGain = gain,
            TauSteps = tau,
            SynapticTauSteps = synaptic,
            ResetPotential = rest,
            Surrogate = new Surrogate(shape, 2f),
        };

    private static readonly Gen<float[]> AnyInput = Gen.Float[-2f, 4f].Array[Samples * Steps * Width];

    [Fact]
    public void A_sequence_at_once_is_the_arithmetic_step_by_step()
    {
        Gen.Select(AnyNeuron, AnyInput).Sample((neuron, input) =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor? w = neuron.Kind == NeuronKind.Plif ? tensor(0.3f) : null;

            Tensor spikes = new NeuronLayer(neuron, w).Sequence(tensor(input, [Samples, Steps, Width]));

            Assert.Equal(Arithmetic(neuron, w is null ? IntegrateAndFire.Leak(neuron) : w.sigmoid().item<float>(), input), spikes.data<float>().ToArray());
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void The_gradient_through_time_is_that_of_the_steps_one_after_another()
    {
        // The steps are differentiated by libtorch, the sequence by our own formulas; they differ by rounding only.
        Gen.Select(AnyNeuron, AnyInput).Sample((neuron, input) =>
        {
            using DisposeScope scope = NewDisposeScope();
            (float[] fused, float fusedLeak) = Gradients(neuron, input, (layer, x) => layer.Sequence(x));
            (float[] steps, float stepsLeak) = Gradients(neuron, input, (layer, x) => layer.StepByStep(x));

            float largest = steps.Max(MathF.Abs);
            Assert.All(fused.Zip(steps), pair => Assert.Equal(pair.Second, pair.First, 1e-5f * Math.Max(1f, largest)));
            Assert.Equal(stepsLeak, fusedLeak, 1e-4f * Math.Max(1f, MathF.Abs(stepsLeak)));
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void A_reset_that_is_part_of_the_gradient_goes_step_by_step()
    {
        using DisposeScope scope = NewDisposeScope();
        NeuronSettings attached = NeuronSettings.CurrentBased(3f, 2f) with { DetachReset = false };
        float[] input = [.. Enumerable.Range(0, Samples * Steps * Width).Select(i => i % 5)];

        (float[] sequence, _) = Gradients(attached, input, (layer, x) => layer.Sequence(x));

        Assert.Equal(Gradients(attached, input, (layer, x) => layer.StepByStep(x)).Input, sequence);
        Assert.NotEqual(Gradients(attached with { DetachReset = true }, input, (layer, x) => layer.Sequence(x)).Input, sequence);
    }

    [Fact]
    public void A_network_makes_in_one_pass_what_it_makes_step_by_step()
    {
        using GraphModule module = Recurrent(out NetworkGraph graph);
        using DisposeScope scope = NewDisposeScope();
        Tensor sequence = rand([3, 9, 2, 1, 1], generator: new Generator(4)).mul(3);

        SequenceRun run = module.RunSequence(sequence);

        for (int t = 1; t <= 9; t++)
        {
            GraphRun single = module.Run([.. Enumerable.Range(0, t).Select(step => sequence.select(1, step))]);
            foreach (GraphNode node in graph.FiringNodes)
            {
                Assert.Equal(single.Spikes[node.Name].data<float>().ToArray(), run.Spikes[node.Name].select(1, t - 1).contiguous().data<float>().ToArray());
            }

            Close(single.Potentials["readout"][^1], run.Potentials["readout"].select(1, t - 1));
            Close(single.Potentials["sum"][^1], run.Potentials["sum"].select(1, t - 1));
        }

        Assert.True(run.Spikes["hidden"].sum().item<float>() > 10, "a silent network would prove nothing");
    }

    [Fact]
    public void A_feedback_brings_what_a_later_node_made_a_step_before()
    {
        // IF neurons. "a" is fed 1 in step 0 only and fires then; "b" hears a's spike through the feedback and fires in step 1, and a hears b in step 2: the spike goes round.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        string fromB = builder.Feedback("fromB", "b", new FeatureShape(1, 1, 1));
        builder.Fire("a", builder.Add("sumA", builder.Input, fromB), new NeuronSettings());
        string fromA = builder.Feedback("fromA", "a", new FeatureShape(1, 1, 1));
        builder.Fire("b", fromA, new NeuronSettings());
        using var module = new GraphModule(builder.Build(), new Dictionary<string, WeightTensor>());
        using DisposeScope scope = NewDisposeScope();

        SequenceRun run = module.RunSequence(tensor((float[])[1f, 0f, 0f, 0f, 0f, 0f], [1, 6, 1, 1, 1]));

        Assert.Equal([1f, 0f, 1f, 0f, 1f, 0f], run.Spikes["a"].data<float>().ToArray());
        Assert.Equal([0f, 1f, 0f, 1f, 0f, 1f], run.Spikes["b"].data<float>().ToArray());
    }

    [Fact]
    public void Firing_rates_of_a_sequence_are_shares_of_neurons_and_steps()
    {
        // Two IF neurons, three steps, one sample: neuron 0 is fed 1 each step and fires three times, neuron 1 is fed 0.5 and fires once: 4 of 6.
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 1, 1));
        builder.Fire("fire", builder.Input, new NeuronSettings());
        using var module = new GraphModule(builder.Build(), new Dictionary<string, WeightTensor>());
        using DisposeScope scope = NewDisposeScope();
        var rates = new FiringRates(module.Graph);

        rates.Add(module.RunSequence(tensor((float[])[1f, 0.5f, 1f, 0.5f, 1f, 0.5f], [1, 3, 2, 1, 1])));

        Assert.Equal(4.0 / 6, rates.Mean, 1e-12);
    }

    [Fact]
    public void Only_the_nodes_of_a_loop_are_taken_together()
    {
        using GraphModule module = Recurrent(out _);

        Assert.Equal(
            ["input", "in", "back+recurrent+drive+hidden", "next", "out", "readout", "sum", "late"],
            module.Plan.Units.Select(unit => string.Join('+', unit.Select(node => node.Name))));
    }

    [Fact]
    public void Sequences_leave_no_tensor_behind()
    {
        using GraphModule module = Recurrent(out _);
        using Tensor sequence = ones([2, 5, 2, 1, 1]);
        Learn();
        long before = Tensor.TotalCount;

        for (int i = 0; i < 20; i++)
        {
            Learn();
        }

        Assert.Equal(before, Tensor.TotalCount);

        void Learn()
        {
            using DisposeScope scope = NewDisposeScope();
            using SequenceRun run = module.RunSequence(sequence);
            run.Potentials["readout"].sum().backward();
            module.zero_grad();
        }
    }

    [Fact]
    public void A_feedback_that_leads_nowhere_is_refused()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        builder.Feedback("back", "later", new FeatureShape(2, 1, 1));
        Assert.Equal("Node back feeds back a node \"later\" that never came.", Assert.Throws<ArgumentException>(() => builder.Build()).Message);

        builder.Fire("later", builder.Input, new NeuronSettings());
        Assert.Equal("Node back promises the shape [2, 1, 1] and feeds back later of shape [1, 1, 1].", Assert.Throws<ArgumentException>(() => builder.Build()).Message);
    }

    private static (float[] Input, float Leak) Gradients(NeuronSettings neuron, float[] input, Func<NeuronLayer, Tensor, Tensor> run)
    {
        Tensor x = tensor(input, [Samples, Steps, Width], requires_grad: true);
        Tensor? w = neuron.Kind == NeuronKind.Plif ? tensor(0.3f, requires_grad: true) : null;
        Tensor weighing = arange(Samples * Steps * Width).to_type(ScalarType.Float32).reshape(Samples, Steps, Width).sin();
        (run(new NeuronLayer(neuron, w), x) * weighing).sum().backward();
        return (x.grad!.data<float>().ToArray(), w?.grad!.item<float>() ?? 0f);
    }

    private static float[] Arithmetic(NeuronSettings neuron, float leak, float[] input)
    {
        var all = new float[input.Length];
        for (int sample = 0; sample < Samples; sample++)
        {
            float[] potential = [.. Enumerable.Repeat(neuron.ResetPotential, Width)], current = new float[Width];
            for (int t = 0; t < Steps; t++)
            {
                int row = ((sample * Steps) + t) * Width;
                ReadOnlySpan<float> x = input.AsSpan(row, Width);
                if (neuron.Kind == NeuronKind.CubaLif)
                {
                    CubaLif.Step(x, potential, current, all.AsSpan(row, Width), neuron);
                }
                else
                {
                    IntegrateAndFire.Step(x, potential, all.AsSpan(row, Width), neuron, leak);
                }
            }
        }

        return all;
    }

    /// <summary>Two recurrent current-based neurons, a layer after them, a leaky readout, a plain one, and a late copy.</summary>
    private static GraphModule Recurrent(out NetworkGraph graph)
    {
        NeuronSettings neuron = NeuronSettings.CurrentBased(3f, 2f);
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 1, 1));
        string input = builder.Linear("in", builder.Input, new LinearOperation(2, "in.weight", null));
        string recurrent = builder.Linear("recurrent", builder.Feedback("back", "hidden", new FeatureShape(2, 1, 1)), new LinearOperation(2, "recurrent.weight", null));
        builder.Fire("hidden", builder.Add("drive", input, recurrent), neuron);
        builder.Fire("next", "hidden", neuron with { InputGain = 3f });
        builder.LeakyIntegrate("readout", builder.Linear("out", "next", new LinearOperation(1, "out.weight", "out.bias")), 9f, 2f);
        builder.Integrate("sum", ["out"], 2f);
        builder.Feedback("late", "out", new FeatureShape(1, 1, 1));
        graph = builder.Build();
        return new GraphModule(graph, new Dictionary<string, WeightTensor>
        {
            ["in.weight"] = new([2, 2], [1f, 0.5f, -0.25f, 1f]),
            ["recurrent.weight"] = new([2, 2], [-0.5f, 1f, 0.75f, 0.25f]),
            ["out.weight"] = new([1, 2], [1f, -1f]),
            ["out.bias"] = new([1], [0.125f]),
        });
    }

    private static void Close(Tensor expected, Tensor actual) => Assert.All(
        expected.data<float>().ToArray().Zip(actual.contiguous().data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
}
