using StereoSpike.Readout;

namespace StereoSpike.Tests.Baselines;

public class DisparityFillingTests
{
    private const float Unknown = float.NaN;

    [Fact]
    public void A_gap_takes_the_smaller_of_its_neighbours_in_the_row_and_an_empty_row_the_median()
    {
        // Known are 8, 5, 7 and 9: of an even number the upper middle, 8, is the median.
        float[] map =
        [
            Unknown, 8, Unknown, 5, Unknown,
            Unknown, Unknown, Unknown, Unknown, Unknown,
            7, Unknown, Unknown, Unknown, 9,
        ];
        DisparityFilling.Fill(map, new SensorSize(5, 3), otherwisePx: 1);

        Assert.Equal([8, 8, 5, 5, 5, 8, 8, 8, 8, 8, 7, 7, 7, 7, 9], map);
    }

    [Fact]
    public void A_map_without_any_answer_is_filled_with_what_was_said()
    {
        float[] map = [Unknown, Unknown];
        DisparityFilling.Fill(map, new SensorSize(2, 1), otherwisePx: 16.5f);

        Assert.Equal([16.5f, 16.5f], map);
    }
}
