using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Images;

public sealed class LabelledRecordingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_and_polarities_are_channels_and_events_make_them_bright()
    {
        // Three parts of 100 µs from the first event at 50: two OFF events in the first, six ON events, of which five make white, in the last.
        List<DvsEvent> recording = [new(50, 1, 2, Polarity.Off), new(149, 1, 2, Polarity.Off), .. Enumerable.Repeat(new DvsEvent(349, 33, 0, Polarity.On), 6)];
        var pixels = new byte[6 * 34 * 34];

        LabelledRecordings.Draw(recording, 3, pixels);

        Assert.Equal(102, pixels[(2 * 34) + 1]);
        Assert.Equal(255, pixels[(5 * 34 * 34) + 33]);
        Assert.Equal(2, pixels.Count(pixel => pixel > 0));
    }

    [Fact]
    public void Folders_a_class_and_lists_beside_recordings_are_read_alike()
    {
        byte[] one = [3, 4, 0x80, 0, 10], two = [5, 6, 0, 0, 20, 7, 8, 0, 1, 0];
        Write("by-class/Train/2/00001.bin", one);
        Write("by-class/Train/7/00002.bin", two);
        Write("by-class/Test/7/00003.bin", two);
        Write("listed/1.bs2", one);
        Write("listed/2.bs2", two);
        File.WriteAllText(_folder.File("listed/train1K.txt"), "#sample #class\n1\t2\n2\t7\n");

        LabelledImages byClass = LabelledRecordings.Load(_folder.File("by-class"), ImageSplit.Train), listed = LabelledRecordings.Load(_folder.File("listed"), ImageSplit.Train);

        Assert.True(LabelledRecordings.AreIn(_folder.File("by-class")) && LabelledRecordings.AreIn(_folder.File("listed")) && !LabelledRecordings.AreIn(_folder.Path));
        Assert.Equal((6, 34, 34, 2), (byClass.Channels, byClass.Height, byClass.Width, byClass.Count));
        Assert.Equal([2, 7], byClass.Labels.ToArray());
        Assert.Equal(byClass.Labels.ToArray(), listed.Labels.ToArray());
        Assert.Equal(byClass.Image(1).ToArray(), listed.Image(1).ToArray());
        Assert.Equal(51, byClass.Image(0)[(34 * 34) + (4 * 34) + 3]);   // one ON event, in the first part
    }

    [Theory]
    [InlineData("1 10\n", "line 1")]
    [InlineData("#sample #class\n1 2 3\n", "line 2")]
    [InlineData("x 2\n", "line 1")]
    [InlineData("", "0 recordings")]
    public void A_damaged_list_is_refused_by_its_line(string text, string named)
    {
        Write("1.bs2", [3, 4, 0x80, 0, 10]);
        File.WriteAllText(_folder.File("train.txt"), text);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => LabelledRecordings.Load(_folder.Path, ImageSplit.Train));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listed_recording_that_is_not_there_is_named()
    {
        File.WriteAllText(_folder.File("test.txt"), "12 3\n");

        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => LabelledRecordings.Load(_folder.Path, ImageSplit.Test));

        Assert.Contains("12.bs2", error.Message, StringComparison.Ordinal);
    }

    private void Write(string name, byte[] bytes)
    {
        string path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
