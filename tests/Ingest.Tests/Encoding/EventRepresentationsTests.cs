namespace StereoSpike.Ingest.Tests;

public class EventRepresentationsTests
{
    private static readonly SensorSize Sensor = new(20, 10);
    private static readonly DvsEvent[] Events = [new(5, 3, 4, Polarity.On), new(9, 4, 4, Polarity.On), new(12, 3, 4, Polarity.Off)];

    public static TheoryData<string> Usages => [.. EventRepresentations.Usages];

    [Theory]
    [MemberData(nameof(Usages))]
    public void Every_usage_makes_an_array_of_its_shape_and_pictures_of_it(string usage)
    {
        IEventRepresentation representation = EventRepresentations.Create(usage);
        var values = new float[representation.Shape(Sensor).Aggregate((a, b) => a * b)];

        representation.Represent(Events, new TimeWindow(0, 20), Sensor, values);

        Assert.Contains(values, value => value != 0);
        Assert.Equal(representation.HasSigns, values.Any(value => value < 0));
        Assert.Equal(representation.Titles.Count * representation.PictureSize(Sensor).Pixels, representation.Pictures(values, Sensor).Length);
        Assert.Equal(representation.Name, EventRepresentations.Create(representation.Name).Name);
    }

    [Theory]
    [InlineData("coincidence", "There is no representation 'coincidence'.")]
    [InlineData("averaged-surface:cells=3", "Encoder 'averaged-surface:cells=3': 'averaged-surface' has no setting 'cells'.")]
    public void What_there_is_not_is_refused_with_what_there_is(string name, string beginning)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => EventRepresentations.Create(name));

        Assert.StartsWith(beginning, error.Message, StringComparison.Ordinal);
        Assert.Contains("averaged-surface:cell=10,radius=3,tau-ms=20", error.Message, StringComparison.Ordinal);
    }
}
