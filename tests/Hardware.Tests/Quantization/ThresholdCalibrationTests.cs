using CsCheck;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class ThresholdCalibrationTests
{
    [Theory]
    [InlineData(2, 50, 8)]    // 7 < t ≤ 8 reaches two sums; 50 lies above: the nearest is 8
    [InlineData(2, 1, 8)]
    [InlineData(3, 6, 6)]     // 4 < t ≤ 7: 6 stays
    [InlineData(0, 5, 10)]    // above the largest, 9
    [InlineData(0, 40, 40)]
    [InlineData(6, -3, 1)]    // a neuron at rest must stay silent
    public void A_threshold_by_hand(int count, long present, long expected) =>
        Assert.Equal(expected, ThresholdCalibration.Threshold([4, 9, 7, 8, 4, -2], count, present));

    [Fact]
    public void Of_equal_sums_the_nearer_count_is_taken()
    {
        // 4 of 6 sums are 5. Wanted 2: t = 5 reaches five, t = 6 one: 6. Wanted 4: five is nearer: 5.
        Assert.Equal(6, ThresholdCalibration.Threshold([5, 5, 9, 5, 5, 1], 2, present: 5));
        Assert.Equal(5, ThresholdCalibration.Threshold([5, 5, 9, 5, 5, 1], 4, present: 6));
    }

    [Fact]
    public void No_other_threshold_comes_nearer_to_the_wanted_count() =>
        Gen.Select(Gen.Long[-20, 60].Array[1, 30], Gen.Int[0, 30], Gen.Long[1, 50]).Sample((sums, wanted, present) =>
        {
            int count = Math.Min(wanted, sums.Length);
            long found = ThresholdCalibration.Threshold([.. sums], count, present);
            int best = Enumerable.Range(1, 62).Min(threshold => Off(threshold));
            return found >= 1 && Off(found) == best;

            int Off(long threshold) => Math.Abs(sums.Count(sum => sum >= threshold) - count);
        });

    [Fact]
    public void Four_bits_fire_as_often_as_float_on_the_samples_once_calibrated()
    {
        StereoSpikeWeights weights = TestNetworks.Draw(TestNetworks.Settings);
        IReadOnlyList<float[]> inputs = RecordedInputs.Spread(new TestRecording(windows: 2), weights.Settings, count: 2);
        var plain = IntegerProgram.Compile(StereoSpikeNetwork.Build(weights.Settings), weights.Tensors, new QuantizationSettings { WeightBits = 4 });
        using var original = new EventEngine(weights, threads: 1);

        IntegerProgram calibrated = ThresholdCalibration.Apply(plain, inputs, original);

        double[] before = Off(plain), after = Off(calibrated);
        Assert.Equal(2, inputs.Count);
        Assert.True(after.Sum() < before.Sum() / 4, $"{after.Sum()} off, before {before.Sum()}");   // what is left are equal sums

        // Spikes by which a layer's channels differ from float, a neuron.
        double[] Off(IntegerProgram program)
        {
            var reference = new IntegerReference(program);
            var integers = new int[program.Graph.Input.Shape.Count];
            Dictionary<string, long[]> missing = program.Graph.FiringNodes.ToDictionary(node => node.Name, node => new long[node.Shape.Channels]);
            foreach (float[] input in inputs)
            {
                EngineTrace trace = original.Trace(input);
                program.QuantizeInput(input, integers);
                reference.Rest();
                reference.Step(integers);
                foreach (GraphNode layer in program.Graph.FiringNodes)
                {
                    ReadOnlySpan<long> spikes = reference.Values(layer.Name);
                    int pixels = layer.Shape.Height * layer.Shape.Width;
                    for (int i = 0; i < spikes.Length; i++)
                    {
                        missing[layer.Name][i / pixels] += spikes[i] - (long)trace.Values[layer.Name][i];
                    }
                }
            }

            return [.. missing.Select(layer => layer.Value.Sum(Math.Abs) / (double)program.Graph[layer.Key].Shape.Count)];
        }
    }

    [Fact]
    public void A_layer_that_answers_a_step_later_is_refused_by_name()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        builder.Fire("late", builder.Convolution("conv", builder.Input, new ConvolutionOperation(1, 1, 1, 0, 1, "w", null)), NeuronSettings.CurrentBased(10, 5));
        var program = IntegerProgram.Compile(builder.Build(), new Dictionary<string, WeightTensor> { ["w"] = new([1, 1, 1, 1], [1f]) }, new QuantizationSettings());
        using var engine = new EventEngine(TestNetworks.Draw(TestNetworks.Settings), threads: 1);

        Assert.Contains("late", Assert.Throws<NotSupportedException>(() => ThresholdCalibration.Apply(program, [[1f]], engine)).Message, StringComparison.Ordinal);
    }
}
