using CsCheck;
using StereoSpike.Readout;

namespace StereoSpike.Tests.Metrics;

public class TruthClosingTests
{
    private const float N = float.NaN;

    [Fact]
    public void A_small_hole_takes_the_nearest_depth_of_its_rim_and_a_large_one_stays()
    {
        // Area 3: the hole of 1 px rises to its lowest neighbour, 4; the hole of 3 px stays unknown.
        var truth = new DepthMap(new SensorSize(5, 3),
        [
            5f, 4f, 5f, 5f, N,
            5f, N, 5f, 5f, N,
            5f, 5f, 5f, 5f, N,
        ]);
        // 4 and the filled hole make a basin of 2 px, still below 3, so both rise to 5.
        Assert.Equal([5f, 5f, 5f, 5f, N, 5f, 5f, 5f, 5f, N, 5f, 5f, 5f, 5f, N], TruthClosing.Close(truth, 3).Metres);
        Assert.Equal([5f, 4f, 5f, 5f, N, 5f, 4f, 5f, 5f, N, 5f, 5f, 5f, 5f, N], TruthClosing.Close(truth, 2).Metres);
    }

    [Fact]
    public void It_equals_the_slow_definition()
    {
        // By definition, a pixel rises to the lowest level t at which the region of depths ≤ t around it has the area.
        var sensor = new SensorSize(6, 5);
        Gen.Select(Gen.Int[0, 4].Array[30], Gen.Int[1, 12]).Sample((levels, area) =>
        {
            var truth = new DepthMap(sensor, Array.ConvertAll(levels, level => level == 0 ? N : level));
            float[] expected = [.. Enumerable.Range(0, 30).Select(pixel => Slow(levels, sensor, pixel, area)).Select(level => level == 0 ? N : level)];
            Assert.Equal(expected, TruthClosing.Close(truth, area).Metres);
        });
    }

    private static float Slow(int[] levels, SensorSize sensor, int pixel, int area) =>
        Enumerable.Range(levels[pixel], 5 - levels[pixel]).First(level => level == 4 || Region(levels, sensor, pixel, level) >= area || level == levels.Max());

    private static int Region(int[] levels, SensorSize sensor, int pixel, int level)
    {
        var seen = new HashSet<int> { pixel };
        var open = new Stack<int>(seen);
        while (open.TryPop(out int at))
        {
            int x = at % sensor.Width, y = at / sensor.Width;
            (int X, int Y)[] around = [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)];
            foreach ((int nx, int ny) in around)
            {
                int next = (ny * sensor.Width) + nx;
                if (sensor.Contains(nx, ny) && levels[next] <= level && seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return seen.Count;
    }
}
