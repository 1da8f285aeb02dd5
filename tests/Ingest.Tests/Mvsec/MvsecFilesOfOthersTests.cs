namespace StereoSpike.Ingest.Tests.Mvsec;

/// <summary>Recordings in MVSEC's layout that h5py wrote: contiguous as the published ones, and chunked, shuffled and deflated; depth with h5py's LZF filter.</summary>
public sealed class MvsecFilesOfOthersTests
{
    private const int EventCount = 600;   // in the left camera; the right one has every other

    [Theory]
    [InlineData("contiguous", true)]
    [InlineData("chunked", false)]
    public void Events_are_read_as_they_were_written(string name, bool mapped)
    {
        using MvsecRecording recording = Open(name);

        Assert.Equal(mapped, recording.IsMapped);
        Assert.Equal(1_504_645_177_000_000, recording.OriginUs);
        foreach ((Camera camera, int step) in (IEnumerable<(Camera, int)>)[(Camera.Left, 1), (Camera.Right, 2)])
        {
            var read = new DvsEvent[EventCount / step];
            recording.Events(camera).Read(0, read);

            // Event i of make.py: x = 7i mod 346, y = 11i mod 260, t = origin + i ms, ON where 3 divides i.
            Assert.Equal(read.Length, recording.Events(camera).Count);
            Assert.Equal(
                Enumerable.Range(0, read.Length).Select(i => i * step).Select(i => new DvsEvent(1000L * i, (ushort)(7 * i % 346), (ushort)(11 * i % 260), i % 3 == 0 ? Polarity.On : Polarity.Off)),
                read);
        }
    }

    [Theory]
    [InlineData("contiguous")]
    [InlineData("chunked")]
    public void A_block_in_the_middle_is_found_by_its_time(string name)
    {
        using MvsecRecording recording = Open(name);
        IEventSequence left = recording.Events(Camera.Left);
        var read = new DvsEvent[100];

        Assert.Equal(130, left.LowerBound(129_001));   // event 129 is at 129 000 µs, before it
        Assert.Equal(129, left.LowerBound(129_000));
        left.Read(130, read);

        Assert.Equal(Enumerable.Range(130, 100).Select(i => 1000L * i), read.Select(e => e.TimestampUs));   // crosses two borders of 64-row chunks
    }

    [Theory]
    [InlineData("contiguous")]
    [InlineData("chunked")]
    public void A_time_is_found_from_wherever_the_search_before_it_ended(string name)
    {
        using MvsecRecording recording = Open(name);
        IEventSequence left = recording.Events(Camera.Left);
        var random = new Random(1);

        foreach (long timeUs in Enumerable.Range(0, 2000).Select(_ => random.NextInt64(-5_000, 605_000)))
        {
            // Event i is at 1000 i µs, i = 0 … 599: the first at or after t is ⌈t/1000⌉.
            Assert.Equal(Math.Clamp((long)Math.Ceiling(timeUs / 1000.0), 0, EventCount), left.LowerBound(timeUs));
        }
    }

    [Theory]
    [InlineData("contiguous")]
    [InlineData("chunked")]
    public void Depth_behind_the_LZF_filter_is_read_to_the_bit(string name)
    {
        using MvsecRecording recording = Open(name);

        Assert.Equal([100_000, 200_000, 300_000], recording.LabelTimesUs);
        Assert.False(recording.HasDepth(Camera.Right));
        for (int label = 0; label < 3; label++)
        {
            // Sixteenths, so exact: 1 + label + (⌊y/32⌋ + ⌊x/32⌋)/16, and nothing known in the first ten rows.
            int known = label;
            Assert.Equal(
                Enumerable.Range(0, 260 * 346).Select(i => i / 346 < 10 ? float.NaN : 1 + known + (((i / 346 / 32) + (i % 346 / 32)) / 16f)),
                recording.ReadDepth(label).Metres);
        }
    }

    private static MvsecRecording Open(string name) => MvsecRecording.OpenUncalibrated(Path.Combine(AppContext.BaseDirectory, "Fixtures", "h5py", $"{name}_data.hdf5"));
}
