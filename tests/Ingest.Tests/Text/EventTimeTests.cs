using System.Globalization;
using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Text;

public sealed class EventTimeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1504645177.123456", TimeUnit.Seconds, 1504645177123456)]            // sixteen digits, exact
    [InlineData("1.504645177123456001e+09", TimeUnit.Seconds, 1504645177123456)]    // what numpy.savetxt prints
    [InlineData("0.0000005", TimeUnit.Seconds, 1)]                                  // half a microsecond rounds away from zero
    [InlineData("0.0000004999999999999999999999", TimeUnit.Seconds, 0)]
    [InlineData("-0.0000015", TimeUnit.Seconds, -2)]
    [InlineData("12.3456", TimeUnit.Milliseconds, 12346)]
    [InlineData("1504645177123456499", TimeUnit.Nanoseconds, 1504645177123456)]
    [InlineData("1504645177123456500", TimeUnit.Nanoseconds, 1504645177123457)]
    [InlineData("+7", TimeUnit.Microseconds, 7)]
    [InlineData("7.", TimeUnit.Microseconds, 7)]
    [InlineData(".5e1", TimeUnit.Microseconds, 5)]
    [InlineData("1e-30", TimeUnit.Microseconds, 0)]
    [InlineData("0e99", TimeUnit.Microseconds, 0)]
    public void Times_are_rounded_to_the_nearest_microsecond_from_their_digits(string text, TimeUnit unit, long expectedUs) =>
        Assert.Equal(expectedUs, Assert.Single(Read(unit, $"{text} 0 0 1")).TimestampUs);

    [Theory]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1x")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e1234")]
    [InlineData("nan")]
    [InlineData("1000000000001")]                                                   // times 10⁶: beyond 10¹⁸ µs
    [InlineData("99999999999999999999999999999999")]
    public void What_is_no_number_or_too_large_is_refused(string text) =>
        Assert.Contains(
            "line 2: time is", Assert.Throws<InvalidDataException>(() => Read(TimeUnit.Seconds, "0 0 0 1", $"{text} 0 0 1")).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_decimal_agrees_with_decimal_arithmetic()
    {
        // System.Decimal holds 28 digits exactly, so it is the oracle for numbers of 12 + 9.
        Gen.Select(Gen.Long[0, 999_999_999_999], Gen.Long[0, 999_999_999]).Array[50].Sample(numbers =>
        {
            string[] texts = [.. numbers.OrderBy(n => n.Item1).ThenBy(n => n.Item2).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n.Item1}.{n.Item2:D9}"))];
            IEnumerable<long> expected = texts.Select(text => (long)Math.Round(decimal.Parse(text, CultureInfo.InvariantCulture) * 1000, MidpointRounding.AwayFromZero));
            return Read(TimeUnit.Milliseconds, [.. texts.Select(text => $"{text} 0 0 1")]).Select(e => e.TimestampUs).SequenceEqual(expected);
        }, iter: 40, threads: 1);
    }

    [Theory]
    [InlineData("12", true)]
    [InlineData("12.000", true)]
    [InlineData("1.2e1", true)]
    [InlineData("12.5", false)]
    [InlineData("12.00000000000000000000001", false)]
    public void A_fraction_is_told_from_a_whole_number(string text, bool whole)
    {
        string line = $"0 {text} 0 1";
        if (whole)
        {
            Assert.Equal(12, Assert.Single(Read(TimeUnit.Microseconds, line)).X);
        }
        else
        {
            Assert.Contains("where a whole number is needed", Assert.Throws<InvalidDataException>(() => Read(TimeUnit.Microseconds, line)).Message, StringComparison.Ordinal);
        }
    }

    private List<DvsEvent> Read(TimeUnit unit, params string[] lines)
    {
        string path = _folder.File("events.txt");
        File.WriteAllLines(path, lines);
        var events = new List<DvsEvent>();
        EventTextReader.Read(
            path,
            new EventTextOptions { TimeUnit = unit, Sensor = new SensorSize(100, 100) },
            batch => events.AddRange(batch.ToArray().Select(e => e.Event)));
        return events;
    }
}
