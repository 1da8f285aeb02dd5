namespace StereoSpike.Training.Tests.Latency;

public class RelativeTargetsTests
{
    [Fact]
    public void The_label_is_drawn_to_the_first_spike_and_those_close_to_it_are_pushed_behind()
    {
        // m = 10, γ = 3, T = 256. Output 0 (10) and 1 (12) are within 3 of 10: both to 13; 2 (13) is not; label 3 (40) to 10.
        // δ·T = 3, 1, 0, −30: length √910 = 30.166.
        float[] errors = Errors([10, 12, 13, 40], label: 3, gamma: 3, out bool wrong);

        Assert.True(wrong);
        Assert.Equal([3 / MathF.Sqrt(910), 1 / MathF.Sqrt(910), 0f, -30 / MathF.Sqrt(910)], errors, Near);
    }

    [Fact]
    public void A_label_that_is_first_by_gamma_steps_teaches_nothing()
    {
        Errors([10, 13, 256], label: 0, gamma: 3, out bool wrong);

        Assert.False(wrong);
    }

    [Fact]
    public void No_target_lies_beyond_the_window()
    {
        // m = 255, γ = 3: min(258, 256) = 256, so δ·T is 1 for output 0; the label goes from 256 to 255: −1.
        Assert.Equal([1 / MathF.Sqrt(2), -1 / MathF.Sqrt(2)], Errors([255, 256], label: 1, gamma: 3, out _), Near);
    }

    [Fact]
    public void Where_nobody_fires_S4NN_draws_the_label_earlier_and_BS4NN_nobody()
    {
        Assert.Equal([0f, -1f, 0f], Errors([256, 256, 256], label: 1, gamma: 3, out _));

        float[] errors = new float[3];
        Assert.False(RelativeTargets.Errors([256, 256, 256], 1, 256, 3, pushSilent: false, errors));
    }

    private static bool Near(float a, float b) => MathF.Abs(a - b) < 1e-6f;   // one division and one square root

    private static float[] Errors(ushort[] times, int label, int gamma, out bool wrong)
    {
        float[] errors = new float[times.Length];
        wrong = RelativeTargets.Errors(times, label, 256, gamma, pushSilent: true, errors);
        return errors;
    }
}
