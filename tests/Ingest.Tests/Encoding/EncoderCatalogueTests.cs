namespace StereoSpike.Ingest.Tests;

public class EncoderCatalogueTests
{
    [Theory]
    [InlineData("histogram", "histogram", 4)]
    [InlineData("histogram:views=1", "histogram:views=1", 2)]
    [InlineData("voxel", "voxel:bins=5", 10)]
    [InlineData("voxel:views=1, bins=9", "voxel:bins=9,views=1", 9)]
    [InlineData("time-surface:tau-ms=0.5", "time-surface:tau-ms=0.5", 4)]
    [InlineData("time-surface:views=1", "time-surface:tau-ms=20,views=1", 2)]
    [InlineData("count:views=1", "count:views=1", 1)]
    [InlineData("stack-time:views=1", "stack-time:bins=3,views=1", 3)]
    [InlineData("stack-number:bins=5", "stack-number:bins=5", 10)]
    [InlineData("coincidence", "coincidence:disparities=32,step=1", 36)]
    [InlineData("coincidence:disparities=16,step=2", "coincidence:disparities=16,step=2", 20)]
    public void A_name_makes_an_encoder_whose_own_name_makes_it_again(string name, string full, int channels)
    {
        IStereoEncoder encoder = EncoderCatalogue.Create(name);

        Assert.Equal((full, channels), (encoder.Name, encoder.Channels));
        Assert.Equal(full, EncoderCatalogue.Create(full).Name);
    }

    [Fact]
    public void Every_usage_is_a_name() =>
        Assert.All(EncoderCatalogue.Usages, usage => Assert.NotNull(EncoderCatalogue.Create(usage)));

    [Theory]
    [InlineData("histogramm", "There is no encoder 'histogramm'.")]
    [InlineData("voxel:bin=5", "Encoder 'voxel:bin=5': 'voxel' has no setting 'bin'.")]
    [InlineData("voxel:bins=five", "Encoder 'voxel:bins=five': 'bins=five' is not a whole number.")]
    [InlineData("time-surface:tau-ms=0,5", "Encoder 'time-surface:tau-ms=0,5': '5' is not a new key=value pair.")]
    [InlineData("voxel:bins=5,bins=6", "Encoder 'voxel:bins=5,bins=6': 'bins=6' is not a new key=value pair.")]
    public void A_wrong_name_is_refused_with_what_there_is(string name, string beginning)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => EncoderCatalogue.Create(name));

        Assert.StartsWith(beginning, error.Message, StringComparison.Ordinal);
        Assert.Contains("histogram:views=2; voxel:bins=5,views=2;", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("voxel:bins=0")]
    [InlineData("histogram:views=3")]
    [InlineData("time-surface:tau-ms=-1")]
    [InlineData("coincidence:disparities=100000")]
    public void A_value_outside_its_range_is_refused(string name) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EncoderCatalogue.Create(name));

    [Theory]
    [InlineData("histogram", "histogram:views=1")]
    [InlineData("histogram:views=1", "histogram:views=1")]
    [InlineData("voxel:bins=3", "voxel:bins=3,views=1")]
    [InlineData("time-surface", "time-surface:tau-ms=20,views=1")]
    public void Every_encoder_of_one_camera_has_a_monocular_form(string name, string expected) => Assert.Equal(expected, EncoderCatalogue.Monocular(name));

    [Fact]
    public void Coincidence_with_one_camera_is_refused() =>
        Assert.StartsWith("Encoder 'coincidence:disparities=32,step=1,views=1'", Assert.Throws<ArgumentException>(() => EncoderCatalogue.Monocular("coincidence")).Message, StringComparison.Ordinal);
}
