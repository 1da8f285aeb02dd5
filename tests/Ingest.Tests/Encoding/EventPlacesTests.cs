using CsCheck;

namespace StereoSpike.Ingest.Tests;

public class EventPlacesTests
{
    [Fact]
    public void Vectors_and_single_events_find_the_same_places()
    {
        AnyWindow.Gen.Sample(window =>
        {
            ReadOnlySpan<DvsEvent> events = window.Left.Span;
            foreach (int plane in (int[])[0, window.Sensor.Pixels])
            {
                int[] fast = new int[events.Length], plain = new int[events.Length];
                long[] fastUs = new long[events.Length], plainUs = new long[events.Length];

                EventPlaces.Find(events, 0, window.Window, window.Sensor, plane, fast, fastUs);
                EventPlaces.FindSingly(events, 0, 0, window.Window, window.Sensor, plane, plain, plainUs);

                Assert.Equal(plain, fast);
                Assert.Equal(plainUs, fastUs);
                Assert.Equal(events.ToArray().Select(e => (e.Polarity == Polarity.Off ? plane : 0) + (e.Y * window.Sensor.Width) + e.X), fast);
            }
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(11)]
    public void Whichever_event_lies_outside_is_named(int index)
    {
        // The first four events are a vector, the next four another, and the last four a third.
        DvsEvent[] events = [.. Enumerable.Range(0, 12).Select(i => new DvsEvent(i, (ushort)(i == index ? 8 : 7), 5, Polarity.On))];

        ArgumentException error = Assert.Throws<ArgumentException>(() => EventPlaces.Find(events, 0, new TimeWindow(0, 100), new SensorSize(8, 6), 48, new int[12], default));

        Assert.StartsWith($"Event {index} is at x = 8, y = 5, t = {index} µs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ages_decay_alike_in_vectors_and_singly()
    {
        // Both are correct to a unit or two in the last place of a float: 2 · 2⁻²³ of a value of at most 1.
        Gen.Select(Gen.Int[0, 20_000].Select(age => age % 3 == 0 ? 0f : age).Array[0, 70], Gen.Float[1f, 50_000f]).Sample((ages, tauUs) =>
        {
            float[] fast = [.. ages], plain = [.. ages];

            TimeSurfaceEncoder.Decay(fast, -1 / tauUs);
            TimeSurfaceEncoder.DecaySingly(plain, -1 / tauUs);

            Assert.Equal(plain.Length, fast.Length);
            Assert.All(plain.Zip(fast), pair => Assert.Equal(pair.First, pair.Second, 3e-7f));
            Assert.All(ages.Zip(fast), pair => Assert.True(pair.First == 0 ? pair.Second == 0 : pair.Second > 0 || Math.Exp(-pair.First / tauUs) < 1e-37));   // 0 is never, and stays so
        });
    }
}
