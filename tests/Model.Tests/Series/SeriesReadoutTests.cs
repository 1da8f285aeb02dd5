namespace StereoSpike.Model.Tests.Series;

public class SeriesReadoutTests
{
    // Two outputs over four steps.
    private static readonly float[] Potentials = [1f, -1f, 4f, 0f, 2f, 3f, 1f, 2f];
    private static readonly float[] Spikes = [0f, 0f, 1f, 0f, 0f, 0f, 1f, 0f];

    [Theory]
    [InlineData(SeriesReadoutKind.Mean, 2f, 1f)]    // (1 + 4 + 2 + 1)/4 and (−1 + 0 + 3 + 2)/4
    [InlineData(SeriesReadoutKind.Max, 4f, 3f)]
    [InlineData(SeriesReadoutKind.Last, 1f, 2f)]
    public void Potentials_are_read_by_their_mean_their_maximum_or_their_end(SeriesReadoutKind kind, float first, float second)
    {
        var scores = new float[2];

        SeriesReadout.Read(kind, Potentials, scores);

        Assert.Equal([first, second], scores);
    }

    [Theory]
    [InlineData(SeriesReadoutKind.Count, 5f)]     // 2 of 4 steps, times 10
    [InlineData(SeriesReadoutKind.First, 7.5f)]   // first in step 1 of 4: 3/4, times 10
    public void Spikes_are_read_by_their_number_or_by_the_first_and_silence_is_nothing(SeriesReadoutKind kind, float first)
    {
        var scores = new float[2];

        SeriesReadout.Read(kind, Spikes, scores);

        Assert.Equal([first, 0f], scores);
    }

    [Theory]
    [InlineData(SeriesReadoutKind.Mean)]
    [InlineData(SeriesReadoutKind.Max)]
    [InlineData(SeriesReadoutKind.Last)]
    [InlineData(SeriesReadoutKind.Count)]
    public void The_gradient_says_what_a_small_change_of_the_outputs_does_to_the_scores(SeriesReadoutKind kind)
    {
        // Every one of these is linear near this point, so a difference quotient is exact up to rounding.
        SeriesLayerTrace trace = new SeriesLayer("out", 1, 1, new SeriesLayerSettings { Channels = 2 }, new Random(1)).Trace(4);
        Potentials.CopyTo(trace.Output, 0);
        float[] gradient = [1f, -2f], before = new float[2], after = new float[2];
        SeriesReadout.Read(kind, trace.Output, before);

        SeriesReadout.Backward(kind, trace, gradient);

        for (int i = 0; i < 8; i++)
        {
            trace.Output[i] += 0.125f;
            SeriesReadout.Read(kind, trace.Output, after);
            trace.Output[i] -= 0.125f;
            Assert.Equal(((after[0] - before[0]) - (2f * (after[1] - before[1]))) / 0.125f, trace.OutputGradient[i], 1e-4f);
        }
    }

    [Fact]
    public void A_first_spike_hands_its_gradient_to_its_step_and_a_silent_output_to_its_highest_potential()
    {
        SeriesLayerTrace trace = new SeriesLayer("out", 1, 1, new SeriesLayerSettings { Channels = 2 }, new Random(1)).Trace(4);
        Spikes.CopyTo(trace.Output, 0);
        Potentials.CopyTo(trace.Potentials, 0);

        SeriesReadout.Backward(SeriesReadoutKind.First, trace, [1f, 1f]);

        // Output 0 fired in step 1: 10·3/4. Output 1 never did and was highest in step 2: 10·2/4.
        Assert.Equal([0f, 0f, 7.5f, 0f, 0f, 5f, 0f, 0f], trace.OutputGradient);
    }
}
