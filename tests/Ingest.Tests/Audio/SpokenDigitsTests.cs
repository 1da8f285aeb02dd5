using System.Formats.Tar;
using System.IO.Compression;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Audio;

public sealed class SpokenDigitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Clips_come_from_a_folder_or_an_archive_in_the_order_of_digit_speaker_and_take()
    {
        foreach (string name in (string[])["3_theo_12.wav", "0_anna_2.wav", "3_anna_7.wav", "0_anna_10.wav"])
        {
            File.WriteAllBytes(_folder.File(name), WavBytes.Of(1, 1, 8000, 16, [0, 0x40]));
        }

        string archive = Path.Combine(_folder.Path, "inner", "digits.tar.gz");
        Directory.CreateDirectory(Path.GetDirectoryName(archive)!);
        using (var tar = new TarWriter(new GZipStream(File.Create(archive), CompressionLevel.Fastest)))
        {
            Array.ForEach(Directory.GetFiles(_folder.Path, "*.wav"), file => tar.WriteEntry(file, $"recordings/{Path.GetFileName(file)}"));
        }

        string[] expected = ["0_anna_2", "0_anna_10", "3_anna_7", "3_theo_12"];
        Assert.Equal(expected, SpokenDigits.Load(_folder.Path).Select(Name));
        Assert.Equal(expected, SpokenDigits.Load(Path.GetDirectoryName(archive)!).Select(Name));
        Assert.All(SpokenDigits.Load(archive), digit => Assert.Equal([0.5f], digit.Clip.Samples));

        static string Name(SpokenDigit digit) => $"{digit.Digit}_{digit.Speaker}_{digit.Take}";
    }

    [Fact]
    public void A_name_that_says_no_digit_is_refused()
    {
        File.WriteAllBytes(_folder.File("hello.wav"), WavBytes.Of(1, 1, 8000, 16, [0, 0]));

        Assert.Contains("hello.wav: name: is not of the form digit_speaker_take.wav", Assert.Throws<InvalidDataException>(() => SpokenDigits.Load(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_that_is_cut_short_is_refused()
    {
        string whole = _folder.File("whole.tar.gz"), cut = _folder.File("cut.tar.gz");
        Directory.CreateDirectory(_folder.File("in"));
        byte[] noise = new byte[20000];
        new Random(1).NextBytes(noise);
        File.WriteAllBytes(Path.Combine(_folder.File("in"), "1_anna_0.wav"), WavBytes.Of(1, 1, 8000, 16, noise));
        using (var gzip = new GZipStream(File.Create(whole), CompressionLevel.Fastest))
        {
            TarFile.CreateFromDirectory(_folder.File("in"), gzip, includeBaseDirectory: false);
        }

        File.WriteAllBytes(cut, File.ReadAllBytes(whole)[..9000]);

        Assert.StartsWith(cut, Assert.Throws<InvalidDataException>(() => SpokenDigits.Load(cut)).Message, StringComparison.Ordinal);
    }

    [DataFact("fsdd")]
    public void The_dataset_has_ten_digits_of_six_speakers_fifty_times_each()
    {
        IReadOnlyList<SpokenDigit> digits = SpokenDigits.Load(TestData.Path("fsdd"));

        Assert.Equal(3000, digits.Count);
        Assert.Equal(60, digits.GroupBy(digit => (digit.Digit, digit.Speaker)).Count(group => group.Count() == 50));
        Assert.Equal(300, digits.Count(digit => digit.Take < SpokenDigits.TestTakes));
        Assert.All(digits, digit => Assert.Equal(8000, digit.Clip.SampleRateHz));
    }
}
