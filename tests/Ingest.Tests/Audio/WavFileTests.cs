using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Audio;

public class WavFileTests
{
    [Fact]
    public void Sixteen_bits_are_shares_of_32768()
    {
        AudioClip clip = WavFile.Parse(WavBytes.Of(1, 1, 8000, 16, [0, 0, 0, 0x40, 0, 0x80]), "a.wav");

        Assert.Equal([0f, 0.5f, -1f], clip.Samples);
        Assert.Equal(8000, clip.SampleRateHz);
    }

    [Theory]
    [InlineData(1, 8, new byte[] { 128, 192, 0 }, new[] { 0f, 0.5f, -1f })]
    [InlineData(1, 24, new byte[] { 0, 0, 0x40, 0, 0, 0x80 }, new[] { 0.5f, -1f })]
    [InlineData(1, 32, new byte[] { 0, 0, 0, 0x40 }, new[] { 0.5f })]
    [InlineData(3, 32, new byte[] { 0, 0, 0, 0x3F }, new[] { 0.5f })]                        // IEEE 754: 0x3F000000 is 1/2
    [InlineData(3, 64, new byte[] { 0, 0, 0, 0, 0, 0, 0xE0, 0xBF }, new[] { -0.5f })]        // 0xBFE0… is −1/2
    public void Other_numbers_are_read_as_well(int tag, int bits, byte[] data, float[] expected)
    {
        Assert.Equal(expected, WavFile.Parse(WavBytes.Of(tag, 1, 16000, bits, data), "a.wav").Samples);
    }

    [Fact]
    public void Two_channels_are_averaged_and_an_extensible_header_is_understood()
    {
        // Left 1/2 and right −1/4, then 0 and 1/2.
        AudioClip clip = WavFile.Parse(WavBytes.Of(0xFFFE, 2, 44100, 16, [0, 0x40, 0, 0xE0, 0, 0, 0, 0x40]), "a.wav");

        Assert.Equal([0.125f, 0.25f], clip.Samples);
    }

    [Fact]
    public void Chunks_that_are_not_known_are_passed_over_with_their_padding()
    {
        byte[] plain = WavBytes.Of(1, 1, 8000, 16, [0, 0x40]);
        byte[] with = [.. plain.AsSpan(0, 12), .. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0, .. plain.AsSpan(12)];

        Assert.Equal([0.5f], WavFile.Parse(with, "a.wav").Samples);
    }

    [Theory]
    [InlineData(6, 8, "A-law")]
    [InlineData(0x55, 16, "MP3")]
    [InlineData(1, 12, "12 bits")]
    public void A_kind_that_is_not_read_is_refused_by_name_with_a_way_out(int tag, int bits, string name)
    {
        string message = Assert.Throws<InvalidDataException>(() => WavFile.Parse(WavBytes.Of(tag, 1, 8000, bits, [0, 0]), "a.wav")).Message;

        Assert.StartsWith("a.wav: chunk \"fmt \"", message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains("ffmpeg", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_short_says_how_much_is_missing()
    {
        byte[] whole = WavBytes.Of(1, 1, 8000, 16, new byte[100]);

        string message = Assert.Throws<InvalidDataException>(() => WavFile.Parse(whole.AsSpan(0, whole.Length - 40), "a.wav")).Message;

        Assert.Contains("claims 100 bytes where 60 are left", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_read_or_refused_and_never_costs_more_memory_than_it_is_long()
    {
        byte[] whole = WavBytes.Of(0xFFFE, 2, 8000, 24, new byte[300]);
        var damage = Gen.Select(Gen.Int[0, 70], Gen.Byte).Array[1, 6];
        Gen.Select(damage, Gen.Int[0, whole.Length]).Sample((changes, length) =>
        {
            byte[] file = [.. whole.AsSpan(0, length)];
            foreach ((int at, byte value) in changes.Where(change => change.Item1 < file.Length))
            {
                file[at] = value;
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.All(WavFile.Parse(file, "seed.wav").Samples, sample => Assert.True(float.IsFinite(sample)));
            }
            catch (InvalidDataException refusal)
            {
                Assert.StartsWith("seed.wav", refusal.Message, StringComparison.Ordinal);
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        }, iter: FuzzInputs.Count(5000), threads: 1);
    }
}
