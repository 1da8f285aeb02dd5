using CsCheck;

namespace StereoSpike.Model.Tests.Latency;

public class FallingThresholdTests
{
    [Fact]
    public void The_higher_a_potential_the_earlier_its_one_spike()
    {
        // T = 4: thresholds 3.5/4, 2.5/4, 1.5/4, 0.5/4 = 0.875, 0.625, 0.375, 0.125, met at equality.
        float[] potentials = [2f, 0.875f, 0.874f, 0.5f, 0.125f, 0.124f, -1f];

        int[] steps = [.. potentials.Select(v => FallingThreshold.Step(v, 4))];

        Assert.Equal([0, 0, 1, 2, 3, 4, 4], steps);
        Assert.Equal([1f, 1f, 0.75f, 0.5f, 0.25f, 0f, 0f], steps.Select(step => FallingThreshold.Value(step, 4)));
    }

    [Fact]
    public void Firing_in_vectors_is_worth_what_the_walk_over_the_steps_finds() =>
        Gen.Select(Gen.Float[-2f, 3f].Array[0, 70], Gen.Int[1, 64]).Sample((potentials, steps) =>
        {
            var values = new float[potentials.Length];
            FallingThreshold.Fire(potentials, steps, values);

            return values.Zip(potentials).All(pair => Math.Abs(pair.First - FallingThreshold.Value(FallingThreshold.Step(pair.Second, steps), steps)) < 1e-6f);   // 1/T is rounded once more
        });

    [Fact]
    public void Errors_pass_only_where_a_spike_can_still_move()
    {
        float[] potentials = [.. Enumerable.Range(0, 40).Select(i => (i % 5) switch { 0 => -0.5f, 1 => 0f, 2 => 0.25f, 3 => 0.99f, _ => 1f })], errors = [.. Enumerable.Repeat(2f, 40)];

        FallingThreshold.Gate(potentials, errors);

        Assert.All(Enumerable.Range(0, 40), i => Assert.Equal(i % 5 is 2 or 3 ? 2f : 0f, errors[i]));
    }
}
