using StereoSpike.Ingest;

namespace StereoSpike.Tests.Simulation;

public class RandomManifoldsTests
{
    private const int Units = 12, Points = 200;

    [Fact]
    public void Each_unit_of_a_class_uses_all_of_the_time()
    {
        float[] times = new RandomManifolds(classes: 2, Units, dimensions: 2, alpha: 2, seed: 5).Draw(Points, seed: 1);

        Assert.All(times, time => Assert.InRange(time, 0f, 1f));
        for (int column = 0; column < 2 * Units; column++)
        {
            float[] ofUnit = [.. Enumerable.Range(0, Points).Select(point => times[((((column / Units) * Points) + point) * Units) + (column % Units)])];
            Assert.Equal((0f, 1f), (ofUnit.Min(), ofUnit.Max()));
        }
    }

    [Fact]
    public void Points_of_a_class_lie_on_a_curve_that_is_smoother_the_greater_alpha_is()
    {
        // Of 200 points spread evenly over [0, 1]^12 the nearest other one is about 0.7 away; along a smooth curve of length L it is about L/(2·200).
        double smooth = NearestDistance(alpha: 3), rough = NearestDistance(alpha: 1);

        Assert.InRange(smooth, 0.001, 0.05);
        Assert.InRange(rough, 2 * smooth, 0.7);
    }

    [Fact]
    public void The_seed_of_the_manifolds_and_that_of_the_points_decide()
    {
        float[] Draw(int manifolds, int points) => new RandomManifolds(2, Units, 1, 2, manifolds).Draw(50, points);

        Assert.Equal(Draw(5, 1), Draw(5, 1));
        Assert.NotEqual(Draw(5, 1), Draw(6, 1));
        Assert.NotEqual(Draw(5, 1), Draw(5, 2));
    }

    private static double NearestDistance(double alpha)
    {
        float[] times = new RandomManifolds(classes: 2, Units, dimensions: 1, alpha, seed: 5).Draw(Points, seed: 1);
        return Enumerable.Range(0, Points).Average(a => Enumerable.Range(0, Points).Where(b => b != a).Min(b => Distance(a, b)));

        double Distance(int a, int b) => Math.Sqrt(Enumerable.Range(0, Units).Sum(unit => Math.Pow(times[(a * Units) + unit] - times[(b * Units) + unit], 2)));
    }
}
