using CsCheck;

namespace StereoSpike.Readout.Tests.Networks;

public class DepthReadoutTests
{
    private const double FocalBaseline = 30;

    // Offset 2, scale 0.5, potential 4: y = 2 + 0.5·4 = 4.
    [Theory]
    [InlineData(DepthUnit.Metres, 4f)]             // y itself
    [InlineData(DepthUnit.LogMetres, 54.59815f)]   // e⁴
    [InlineData(DepthUnit.DisparityPx, 7.5f)]      // 30/4
    public void The_scaled_and_shifted_potential_is_read_in_the_networks_unit(DepthUnit unit, float metres) =>
        Assert.Equal(metres, Readout(unit, 2f, 0.5f).Metres(4f), 1e-4f);

    [Theory]
    [InlineData(DepthUnit.Metres, 4f)]
    [InlineData(DepthUnit.LogMetres, 1.3862944f)]   // ln 4
    [InlineData(DepthUnit.DisparityPx, 7.5f)]       // 30/4
    public void The_target_is_the_depth_in_the_networks_unit(DepthUnit unit, float target) =>
        Assert.Equal(target, Readout(unit).Target(4f), 1e-6f);

    [Fact]
    public void A_depth_survives_the_way_to_a_potential_and_back() =>
        Gen.Select(Gen.Enum<DepthUnit>(), Gen.Float[0.2f, 90f], Gen.Float[-5f, 20f], Gen.Float[0.1f, 5f]).Sample((unit, metres, offset, scale) =>
        {
            DepthReadout readout = Readout(unit, offset, scale);

            float back = readout.Metres((readout.Target(metres) - offset) / scale);

            // A disparity of 1/3 px beside an offset of 20 keeps 1e-5 of itself; the others more.
            Assert.Equal(metres, back, 2e-4f * metres);
        });

    [Theory]
    [InlineData(DepthUnit.Metres, -3f, DepthReadout.NearestMetres)]
    [InlineData(DepthUnit.Metres, 1e6f, DepthReadout.FarthestMetres)]
    [InlineData(DepthUnit.LogMetres, -50f, DepthReadout.NearestMetres)]
    [InlineData(DepthUnit.LogMetres, 500f, DepthReadout.FarthestMetres)]
    [InlineData(DepthUnit.DisparityPx, 0f, DepthReadout.FarthestMetres)]
    [InlineData(DepthUnit.DisparityPx, -2f, DepthReadout.FarthestMetres)]
    [InlineData(DepthUnit.DisparityPx, 1e5f, DepthReadout.NearestMetres)]
    public void A_potential_beyond_the_range_reads_as_its_nearer_end(DepthUnit unit, float potential, float metres) =>
        Assert.Equal(metres, Readout(unit).Metres(potential));

    [Fact]
    public void Unknown_truth_stays_unknown() => Assert.All(Enum.GetValues<DepthUnit>(), unit => Assert.Equal(float.NaN, Readout(unit).Target(float.NaN)));

    [Fact]
    public void A_potential_that_is_no_number_is_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => Readout(DepthUnit.Metres).Read([1f, float.NaN]));

        Assert.StartsWith("The network's potential is not a number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_has_every_pixel_known()
    {
        DepthMap map = Readout(DepthUnit.DisparityPx).Read([15f, 0f]);

        Assert.Equal([2f, DepthReadout.FarthestMetres], map.Metres);
    }

    private static DepthReadout Readout(DepthUnit unit, float offset = 0f, float scale = 1f) =>
        new(new StereoSpikeSettings { Width = 2, Height = 1, Unit = unit, ReadoutOffset = offset, ReadoutScale = scale }, FocalBaseline);
}
