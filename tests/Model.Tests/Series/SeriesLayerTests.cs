using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Series;

[Collection(nameof(OneTorchThread))]
public class SeriesLayerTests
{
    private const int Steps = 9;

    private static readonly Gen<(SeriesLayerSettings Settings, int Bands, int Inputs, int Seed)> AnyLayer =
        from neuron in Gen.Enum<SeriesNeuronKind>()
        from channels in Gen.OneOf<int>(3, 16, 21)   // one by one, whole vectors, whole vectors and a rest
        from inputs in Gen.OneOf<int>(1, 5, 16, 37)
        from bands in Gen.Int[1, 4]
        from kernel in Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 2], Gen.Bool)
        from flags in Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool)
        from truncate in Gen.OneOf<int>(0, 4)
        from shape in Gen.Enum<SurrogateShape>()
        from seed in Gen.Int[1, 1000]
        select (new SeriesLayerSettings
        {
            Neuron = neuron,
            Channels = channels,
            Kernel = new TemporalKernel { Steps = kernel.Item1, Bands = kernel.Item2, StepDilation = kernel.Item3, BandDilation = kernel.Item4, Causal = kernel.Item5 },
            DetachReset = flags.Item1,
            Recurrent = flags.Item2,
            Adaptation = flags.Item3 ? 0.5f : 0f,
            AdaptationTauSteps = 3f,
            TruncateSteps = truncate,
            Surrogate = new Surrogate(shape, 2f).ToString(),
        }, bands, inputs, seed);

    [Fact]
    public void Output_and_gradients_are_those_of_the_steps_one_after_another()
    {
        // The oracle is differentiated by libtorch, the layer by hand-written formulas; they differ by the order of float sums only. A neuron within rounding of its threshold may differ: such draws are passed over.
        int compared = 0;
        AnyLayer.Sample(drawn =>
        {
            using DisposeScope scope = NewDisposeScope();
            (SeriesLayerSettings settings, int bands, int inputs, int seed) = drawn;
            var random = new Random(seed);
            var layer = new SeriesLayer("layer", bands, inputs, settings, random);
            float[] input = Draw(Steps * bands * inputs, random, sparse: true), outputGradient = Draw(Steps * layer.Width, random, sparse: false);
            SeriesLayerTrace trace = layer.Trace(Steps);
            layer.Forward(input, trace);

            Tensor x = tensor(input, [Steps, bands, inputs], requires_grad: true);
            Tensor[] learned = [.. layer.Parameters.Select(parameter => tensor(parameter.Values, [.. parameter.Shape.Select(side => (long)side)], requires_grad: true))];
            Tensor expected = StepByStepSeries.Run(settings, x, learned[0], learned[1], learned[2], learned.Length > 3 ? learned[3] : null);
            (expected * tensor(outputGradient, expected.shape)).sum().backward();

            float[] output = expected.contiguous().data<float>().ToArray();
            if (settings.Neuron == SeriesNeuronKind.Spiking && !output.SequenceEqual(trace.Output))
            {
                return;
            }

            Close(output, trace.Output);
            outputGradient.CopyTo(trace.OutputGradient, 0);
            float[][] gradients = [.. layer.Parameters.Select(parameter => new float[parameter.Values.Length])];
            var inputGradient = new float[input.Length];
            layer.Backward(input, trace, gradients, inputGradient);
            Close(x.grad!.contiguous().data<float>().ToArray(), inputGradient);
            for (int p = 0; p < learned.Length; p++)
            {
                Close(learned[p].grad is { } gradient ? gradient.contiguous().data<float>().ToArray() : new float[gradients[p].Length], gradients[p]);
            }

            compared++;
        }, iter: 100, threads: 1);
        Assert.True(compared > 90, $"only {compared} of 100 draws could be compared");
    }

    [Fact]
    public void With_its_norm_and_threshold_folded_into_the_weights_it_is_the_leaky_neuron_of_all_engines()
    {
        // Four inputs with weights ±1/2 have ‖w‖² = 1, and β = 1/2 is τ = 2, so every number is a small multiple of a power of two: exact.
        var settings = new SeriesLayerSettings { Channels = 20, InitialBeta = 0.5f };
        var layer = new SeriesLayer("layer", 1, 4, settings, new Random(1));
        var random = new Random(2);
        foreach (ref float w in layer.Weight.Values.AsSpan())
        {
            w = random.Next(2) - 0.5f;
        }

        Array.Fill(layer.Threshold.Values, 0.5f);
        const int Many = 40;
        float[] input = [.. Enumerable.Range(0, Many * 4).Select(_ => (float)random.Next(0, 3))];
        SeriesLayerTrace trace = layer.Trace(Many);
        layer.Forward(input, trace);

        var lif = new NeuronSettings { Kind = NeuronKind.Lif, TauSteps = 2f, Threshold = 1f, Reset = ResetKind.Soft, FiresAtEquality = false };
        float[] potential = new float[20], spikes = new float[20], current = new float[20];
        for (int t = 0; t < Many; t++)
        {
            for (int c = 0; c < 20; c++)
            {
                current[c] = Enumerable.Range(0, 4).Sum(i => layer.Weight.Values[(i * 20) + c] / 0.5f * input[(t * 4) + i]);
            }

            IntegrateAndFire.Step(current, potential, spikes, lif, IntegrateAndFire.Leak(lif));
            Assert.Equal(spikes, trace.Output[(t * 20)..((t + 1) * 20)]);
        }

        Assert.Contains(1f, trace.Output);
        Assert.Contains(0f, trace.Output);
    }

    [Fact]
    public void A_causal_layer_does_not_see_what_comes_later()
    {
        var settings = new SeriesLayerSettings { Kernel = new TemporalKernel { Steps = 4, Bands = 3, StepDilation = 2, Causal = true } };
        var layer = new SeriesLayer("layer", 5, 2, settings, new Random(3));
        float[] input = Draw(Steps * 10, new Random(4), sparse: false), changed = [.. input];
        changed.AsSpan(6 * 10).Fill(3f);
        SeriesLayerTrace first = layer.Trace(Steps), second = layer.Trace(Steps);

        layer.Forward(input, first);
        layer.Forward(changed, second);

        Assert.Equal(first.Potentials[..(6 * layer.Width)], second.Potentials[..(6 * layer.Width)]);
        Assert.NotEqual(first.Potentials, second.Potentials);
    }

    private static float[] Draw(int count, Random random, bool sparse) => [.. Enumerable.Range(0, count).Select(_ => sparse && random.Next(3) > 0 ? 0f : (4f * random.NextSingle()) - 2f)];

    private static void Close(float[] expected, float[] found)
    {
        float tolerance = 2e-4f * Math.Max(1f, expected.Max(MathF.Abs));   // sums of some thousand terms in another order
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(MathF.Abs(expected[i] - found[i]) <= tolerance, $"element {i} is {found[i]} where {expected[i]} is expected");
        }
    }
}
