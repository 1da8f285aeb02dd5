using CsCheck;
using StereoSpike.Model;
using TorchSharp;

namespace StereoSpike.Hardware.Tests;

public class EventProgramTests
{
    private const double Rounding = 1e-4;   // of sums of up to some thousand float products in another order, relative to the largest

    [Fact]
    public void Any_network_fires_and_reads_out_as_its_trainable_twin_does()
    {
        LibTorch.EnsureLoaded();
        long spikes = 0;
        FusableGraphs.All.Sample(made =>
        {
            Dictionary<string, float[]> fired = [];
            using EventProgram<float> program = Compile(made.Graph, made.Weights, Kernels<float>.Widest, threads: 2);
            using var team = new WorkTeam(2);
            program.Run(made.Input, team, (node, _, found) =>
            {
                fired.Add(node.Name, found);
                return null;
            });
            using torch.Tensor input = torch.tensor(made.Input, [1, .. Sides(made.Graph.Input.Shape)]);
            using var module = new GraphModule(made.Graph, made.Weights);
            using IDisposable noGradient = torch.no_grad();

            // The twin goes on with the engine's spikes, so that each layer is judged by itself.
            using GraphRun run = module.Run([input], afterFiring: (node, current, expected) =>
            {
                AssertSpikes(module, node, current, expected, fired[node.Name]);
                return torch.tensor(fired[node.Name], [1, .. Sides(node.Shape)]);
            });

            spikes += fired.Values.Sum(found => (long)found.Sum());
            for (int head = 0; head < program.Heads; head++)
            {
                float[] expected = run.Potentials["depth"][head].data<float>().ToArray();
                float largest = expected.Max(MathF.Abs);
                Assert.All(expected.Zip(program.PotentialsAfter(head).ToArray()), pair => Assert.Equal(pair.First, pair.Second, Rounding * Math.Max(1, largest)));
            }
        }, iter: 25, threads: 1);
        Assert.True(spikes > 5_000);   // the networks were not silent
    }

    [Fact]
    public void Every_vector_width_and_any_number_of_threads_give_the_same_bits()
    {
        FusableGraphs.All.Sample(made =>
        {
            var expected = Answer(made, VectorWidth.Scalar, threads: 1);
            foreach ((VectorWidth width, int threads) in ((VectorWidth, int)[])[(VectorWidth.Bits128, 1), (VectorWidth.Bits256, 2), (VectorWidth.Bits512, 3)])
            {
                var found = Answer(made, width, threads);
                Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second));
            }
        }, iter: 25, threads: 1);

        static List<float[]> Answer((NetworkGraph Graph, Dictionary<string, WeightTensor> Weights, float[] Input) made, VectorWidth width, int threads)
        {
            var answers = new List<float[]>();
            using EventProgram<float> program = Compile(made.Graph, made.Weights, width, threads);
            using var team = new WorkTeam(threads);
            program.Run(made.Input, team, (_, potentials, spikes) =>
            {
                answers.AddRange([potentials, spikes]);
                return null;
            });
            answers.AddRange(Enumerable.Range(0, program.Heads).Select(head => program.PotentialsAfter(head).ToArray()));
            return answers;
        }
    }

    [Fact]
    public void A_node_that_has_no_form_is_refused_by_name()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 4, 4));
        builder.Fire("fire", builder.Linear("sum", builder.Input, new LinearOperation(3, "sum.weight", null)), new NeuronSettings());
        NetworkGraph graph = builder.Build();

        var refusal = Assert.Throws<NotSupportedException>(() => Compile(graph, UniformInitialization.Draw(graph, 1), Kernels<float>.Widest, 1));

        Assert.Equal("The event engine cannot run node sum: it is of a kind it has no form for (LinearOperation). Use --engine torch.", refusal.Message);
    }

    private static EventProgram<float> Compile(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, VectorWidth width, int threads) =>
        EventProgram<float>.Compile(new FloatNumbers(graph, weights, width), threads);

    private static long[] Sides(FeatureShape shape) => [shape.Channels, shape.Height, shape.Width];

    private static void AssertSpikes(GraphModule module, GraphNode node, torch.Tensor current, torch.Tensor expected, float[] found)
    {
        var firing = (FiringOperation)node.Operation;
        NeuronSettings neuron = firing.Neuron;
        float factor = neuron.InputGain * IntegrateAndFire.Leak(neuron, firing.LeakWeight is null ? 0f : module.Tensors[firing.LeakWeight].item<float>());
        float[] currents = current.data<float>().ToArray(), spikes = expected.data<float>().ToArray();
        float largest = Math.Max(1f, currents.Max(MathF.Abs) * factor);
        for (int i = 0; i < found.Length; i++)
        {
            float h = neuron.ResetPotential + (currents[i] * factor);
            Assert.True(found[i] == spikes[i] || Math.Abs(h - neuron.Threshold) < Rounding * largest, $"{node.Name}[{i}] of {node.Shape}: potential {h}, threshold {neuron.Threshold}, spike {found[i]}");
        }
    }
}
