using System.Buffers.Binary;
using System.Text;
using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Model.Tests.Weights;

public sealed class SafetensorsFileTests : IDisposable
{
    private static readonly Dictionary<string, string> NoTexts = [];
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("w.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_reads_back_bit_for_bit()
    {
        Gen<WeightTensor> tensor = Gen.Int[0, 4].Array[0, 4].SelectMany(shape =>
            Gen.Int.Array[shape.Aggregate(1, (a, b) => a * b)].Select(bits => new WeightTensor(shape, [.. bits.Select(BitConverter.Int32BitsToSingle)])));
        Gen<string> name = Gen.OneOf("a", "conv1.weight", "größe", "日本", "quote\"\\\n");
        Gen.Select(Gen.Dictionary(name, tensor)[0, 4], Gen.Dictionary(name, Gen.String)[0, 3]).Sample((tensors, texts) =>
        {
            texts = texts.ToDictionary(pair => pair.Key, pair => new string([.. pair.Value.Where(c => !char.IsSurrogate(c))]));
            SafetensorsFile.Write(Path, tensors, texts);

            (IReadOnlyDictionary<string, WeightTensor> read, IReadOnlyDictionary<string, string> readTexts) = SafetensorsFile.Read(Path);

            Assert.Equal(texts, readTexts);
            Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
            Assert.All(tensors, pair =>
            {
                Assert.Equal(pair.Value.Shape, read[pair.Key].Shape);
                Assert.Equal(Bits(pair.Value), Bits(read[pair.Key]));   // NaN payloads too
            });
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void A_file_made_by_hand_is_read()
    {
        // Two tensors, out of order in the header: b is the scalar 1 (3F800000), a is [2, 1] = {-2 (C0000000), 0.5 (3F000000)}.
        MakeFile("""{"b":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""", [0, 0, 0, 0xC0, 0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F]);

        IReadOnlyDictionary<string, WeightTensor> tensors = SafetensorsFile.Read(Path).Tensors;

        Assert.Equal([-2f, 0.5f], tensors["a"].Values);
        Assert.Equal([2, 1], tensors["a"].Shape);
        Assert.Equal([1f], tensors["b"].Values);
        Assert.Empty(tensors["b"].Shape);
    }

    [Fact]
    public void The_bytes_written_are_those_of_the_format()
    {
        SafetensorsFile.Write(Path, new Dictionary<string, WeightTensor> { ["w"] = new([1], [1f]) }, new Dictionary<string, string> { ["k"] = "v" });

        // 76 characters of header, padded with spaces to 80 = 0x50; then 1 = 3F800000.
        const string Header = """{"__metadata__":{"k":"v"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";
        int padded = (Header.Length + 7) / 8 * 8;
        byte[] expected = [(byte)padded, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(Header.PadRight(padded)), 0, 0, 0x80, 0x3F];
        Assert.Equal(expected, File.ReadAllBytes(Path));
    }

    [Fact]
    public void Every_shorter_beginning_of_a_file_is_refused_by_name()
    {
        SafetensorsFile.Write(Path, new Dictionary<string, WeightTensor> { ["a"] = new([2], [1f, 2f]), ["b"] = new([1], [3f]) }, NoTexts);
        byte[] whole = File.ReadAllBytes(Path);

        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            Refused("");
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", "a: is of type F16; only F32 is read.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "a: claims bytes [0, 4) of 8 for shape [2].")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "a: claims bytes [4, 12) of 8 for shape [2].")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "a: claims bytes [-8, 0) of 8 for shape [2].")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"c":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "c: overlaps another tensor: together they claim more than the file's 8 bytes.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1073741824,1073741824,4],"data_offsets":[0,0]}}""", "overflow")]   // 2^64 bytes: 0 without a check
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647],"data_offsets":[0,8589934588]}}""", "claims bytes [0, 8589934588) of 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "shape must be at least 0.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "")]
    [InlineData("""{"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}""", "")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":{"begin":0}}}""", "")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", "shape is missing")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", "dtype is missing")]
    [InlineData("""{"a":null}""", "a is missing")]
    [InlineData("""{"a":5}""", "")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "")]
    [InlineData("""{"__metadata__":{"k":3}}""", "")]
    [InlineData("""{"__metadata__":null}""", "__metadata__ is missing")]
    [InlineData("null", "is no JSON object")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("{", "")]
    public void A_damaged_or_hostile_header_is_refused_by_name(string header, string found)
    {
        MakeFile(header, new byte[8]);

        Refused(found);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 40)]
    public void A_header_longer_than_the_file_is_refused_before_memory_is_taken(ulong length)
    {
        byte[] file = new byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        File.WriteAllBytes(Path, file);

        Refused($"header: claims {length} bytes in a file of 24.");
    }

    [Fact]
    public void Any_bytes_at_all_are_read_or_refused_by_name()
    {
        SafetensorsFile.Write(Path, new Dictionary<string, WeightTensor> { ["a"] = new([2, 1], [1f, 2f]), ["b"] = new([], [3f]) }, new Dictionary<string, string> { ["k"] = "v" });
        byte[] whole = File.ReadAllBytes(Path);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 3].Sample(changes =>
        {
            byte[] changed = [.. whole];
            foreach ((int place, byte value) in changes)
            {
                changed[place] = value;
            }

            File.WriteAllBytes(Path, changed);
            try
            {
                SafetensorsFile.Read(Path);
            }
            catch (InvalidDataException refused)
            {
                Assert.StartsWith(Path, refused.Message, StringComparison.Ordinal);
            }
        }, iter: 2000, threads: 1);
    }

    private void Refused(string found)
    {
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(Path));

        Assert.StartsWith(Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    private void MakeFile(string header, byte[] data)
    {
        byte[] prefix = new byte[8], text = Encoding.UTF8.GetBytes(header);
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)text.Length);
        File.WriteAllBytes(Path, [.. prefix, .. text, .. data]);
    }

    private static IEnumerable<int> Bits(WeightTensor tensor) => tensor.Values.Select(BitConverter.SingleToInt32Bits);
}
