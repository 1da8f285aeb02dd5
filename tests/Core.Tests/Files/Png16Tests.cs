using System.IO.Compression;
using CsCheck;
using StereoSpike.Files;

namespace StereoSpike.Tests.Files;

public class Png16Tests
{
    // Made with Python's struct and zlib, not with this codec: 2×2 px. Row 0 is filtered with Sub: 0x1234, then +0x0001.
    // Row 1 is filtered with Paeth and all zeros, so each byte repeats the nearest of its neighbours: 0x1234, 0x1235 again.
    private const string SubThenPaeth =
        "89504E470D0A1A0A0000000D4948445200000002000000021000000000074D8EBB0000001049444154789C631432616064610002000270004D736A0FF90000000049454E44AE426082";

    private static readonly byte[] Vector = Convert.FromHexString(SubThenPaeth);

    [Fact]
    public void A_file_made_by_another_program_reads_as_its_numbers()
    {
        (SensorSize size, ushort[] values) = Png16.Decode(Vector, "vector.png");
        Assert.Equal(new SensorSize(2, 2), size);
        Assert.Equal([0x1234, 0x1235, 0x1234, 0x1235], values);
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        Gen<ushort> smooth = Gen.UShort[1000, 1040], any = Gen.UShort;
        Gen<(int, int, bool)> shapes = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 20], Gen.Bool);
        shapes.SelectMany((width, height, isSmooth) => (isSmooth ? smooth : any).Array[width * height].Select(values => (width, height, values)))
            .Sample(image =>
            {
                var size = new SensorSize(image.width, image.height);
                (SensorSize readSize, ushort[] read) = Png16.Decode(Png16.Encode(size, image.values), "round.png");
                Assert.Equal(size, readSize);
                Assert.Equal(image.values, read);
            });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_filter_is_undone(byte filter)
    {
        // All differences are 0 but the first pixel's low byte, 8, in each of two rows of two pixels:
        // None leaves 8 0 | 8 0; Sub spreads it along the row; Up adds the rows; Average halves a (8, 4), then
        // adds ⌊8/2⌋ from above (12) and ⌊(12 + 4)/2⌋ = 8; Paeth takes the nearest of a, b, c: 8 8, then 16 and, from a 16, b 8, c 8, a.
        ushort[][] expected = [[8, 0, 8, 0], [8, 8, 8, 8], [8, 0, 16, 0], [8, 4, 12, 8], [8, 8, 16, 16]];
        byte[] rows = [filter, 0, 8, 0, 0, filter, 0, 8, 0, 0];
        Assert.Equal(expected[filter], Png16.Decode(FileOf(2, 2, rows), "filter.png").Values);
    }

    [Fact]
    public void It_survives_the_disk()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("disparity.png");
        Png16.Write(path, new SensorSize(3, 1), new ushort[] { 0, 256, 65535 });
        Assert.Equal([0, 256, 65535], Png16.Read(path).Values);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_damaged_byte_is_noticed()
    {
        byte[] damaged = [.. Vector];
        damaged[45] ^= 1;
        AssertRefused(damaged, "chunk IDAT", "has checksum", "The file is damaged");
    }

    [Fact]
    public void A_cut_file_is_noticed_wherever_it_was_cut()
    {
        for (int length = 0; length < Vector.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Png16.Decode(Vector.AsMemory(0, length), "cut.png"));
        }
    }

    [Fact]
    public void A_header_that_promises_what_its_data_cannot_hold_is_refused_before_memory_is_taken() =>
        AssertRefused(FileOf(16384, 16384, [0, 0, 0]), "IDAT", "too few for 16384×16384 px");

    [Fact]
    public void Rows_too_few_too_many_or_of_an_unknown_filter_are_refused()
    {
        AssertRefused(FileOf(1, 2, [0, 0, 0]), "row 1", "where the header asks for 2 rows");
        AssertRefused(FileOf(1, 1, [0, 0, 0, 0]), "IDAT", "holds more than the 1 rows");
        AssertRefused(FileOf(1, 1, [5, 0, 0]), "row 0", "has filter 5 where 0 to 4 are defined");
    }

    [Fact]
    public void Other_kinds_of_picture_are_named()
    {
        AssertRefused(FileOf(1, 1, [0, 0], bits: 8), "is 8-bit of colour type 0 where 16-bit grey (type 0) is needed");
        AssertRefused(FileOf(1, 1, [0, 0, 0], interlacing: 1), "interlacing 1", "Save it without interlacing.");
        AssertRefused(FileOf(0, 1, [0]), "is 0×1 px where each side may be 1 to 16384");
        AssertRefused("GIF89a"u8.ToArray(), "does not start with the PNG signature");
    }

    private static void AssertRefused(byte[] file, params string[] words)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => Png16.Decode(file, "some.png"));
        Assert.All(words.Prepend("some.png"), word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
    }

    private static byte[] FileOf(int width, int height, byte[] rows, byte bits = 16, byte interlacing = 0)
    {
        using var compressed = new MemoryStream();
        using (var deflated = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflated.Write(rows);
        }

        using var file = new MemoryStream();
        file.Write(PngChunk.Signature);
        PngChunk.Write(file, "IHDR", [0, 0, (byte)(width >> 8), (byte)width, 0, 0, (byte)(height >> 8), (byte)height, bits, 0, 0, 0, interlacing]);
        PngChunk.Write(file, "IDAT", compressed.ToArray());
        PngChunk.Write(file, "IEND", []);
        return file.ToArray();
    }
}
