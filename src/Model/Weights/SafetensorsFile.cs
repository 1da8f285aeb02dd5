using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using StereoSpike.Files;

namespace StereoSpike.Model;

/// <summary>Reads and writes float32 tensors in a <c>.safetensors</c> file: a JSON header and raw little-endian values, nothing that runs.</summary>
/// <remarks>
/// Layout: u64 header length; a JSON object of name → {dtype, shape, data_offsets [begin, end)} and, optionally, <c>__metadata__</c> with texts; then the values.
/// Source: the format's own specification (huggingface/safetensors, README, "Format").
/// </remarks>
public static class SafetensorsFile
{
    private const int LongestHeader = 100 << 20;   // the specification's own bound
    private const string MetadataKey = "__metadata__";

    /// <summary>Reads all tensors and texts.</summary>
    /// <exception cref="InvalidDataException">It is no such file, is cut short, or a tensor is not float32 or lies outside.</exception>
    public static (IReadOnlyDictionary<string, WeightTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads all tensors and texts from a stream that knows its length.</summary>
    /// <param name="stream">At the beginning.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="InvalidDataException">It is no such file, is cut short, or a tensor is not float32 or lies outside.</exception>
    public static (IReadOnlyDictionary<string, WeightTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(Stream stream, string path)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            Span<byte> prefix = stackalloc byte[8];
            stream.ReadExactly(prefix);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (length > LongestHeader || length > (ulong)(stream.Length - 8))
            {
                throw Bad(path, "header", $"claims {length} bytes in a file of {stream.Length}");
            }

            byte[] header = new byte[length];
            stream.ReadExactly(header);
            return ReadTensors(path, stream, JsonNode.Parse(header) as JsonObject ?? throw Bad(path, "header", "is no JSON object"));
        }
        catch (Exception cause) when (cause is JsonException or EndOfStreamException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw Bad(path, "", $"is not a safetensors file or is damaged ({cause.Message})", cause);
        }
    }

    /// <summary>Writes tensors in the order of their names, and texts; whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        KeyValuePair<string, WeightTensor>[] ordered = [.. tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        byte[] header = Header(ordered, metadata);
        WholeFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach ((_, WeightTensor tensor) in ordered)
            {
                stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
            }
        });
    }

    private static (IReadOnlyDictionary<string, WeightTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) ReadTensors(string path, Stream stream, JsonObject header)
    {
        long start = stream.Position;
        var tensors = new Dictionary<string, WeightTensor>();
        var metadata = new Dictionary<string, string>();
        long unread = stream.Length - start;   // tensors do not overlap, so a file never asks for more memory than it is long
        foreach ((string name, JsonNode? entry) in header)
        {
            if (name == MetadataKey)
            {
                foreach ((string key, JsonNode? text) in Required(entry, MetadataKey).AsObject())
                {
                    metadata.Add(key, Required(text, key).GetValue<string>());
                }

                continue;
            }

            JsonObject described = Required(entry, name).AsObject();
            string type = Required(described["dtype"], "dtype").GetValue<string>();
            int[] shape = [.. Required(described["shape"], "shape").AsArray().Select(side => Guard.AtLeast(Required(side, "side").GetValue<int>(), 0, "shape"))];
            JsonArray offsets = Required(described["data_offsets"], "data_offsets").AsArray();
            long begin = Required(offsets[0], "begin").GetValue<long>(), end = Required(offsets[1], "end").GetValue<long>();
            if (type != "F32")
            {
                throw Bad(path, name, $"is of type {type}; only F32 is read");
            }

            long bytes = shape.Aggregate((long)sizeof(float), (product, side) => checked(product * side));
            if (begin < 0 || end < begin || end - begin != bytes || end > stream.Length - start)
            {
                throw Bad(path, name, $"claims bytes [{begin}, {end}) of {stream.Length - start} for shape [{string.Join(", ", shape)}]");
            }

            unread -= bytes;
            if (unread < 0)
            {
                throw Bad(path, name, $"overlaps another tensor: together they claim more than the file's {stream.Length - start} bytes");
            }

            float[] values = new float[bytes / sizeof(float)];
            stream.Position = start + begin;
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            tensors.Add(name, new WeightTensor(shape, values));
        }

        return (tensors, metadata);
    }

    private static byte[] Header(KeyValuePair<string, WeightTensor>[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var texts = new JsonObject();
        foreach ((string key, string text) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            texts.Add(key, text);
        }

        var header = new JsonObject { [MetadataKey] = texts };
        long offset = 0;
        foreach ((string name, WeightTensor tensor) in tensors)
        {
            long end = offset + (tensor.Values.Length * (long)sizeof(float));
            header.Add(name, new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. tensor.Shape.Select(side => (JsonNode)side)]),
                ["data_offsets"] = new JsonArray(offset, end),
            });
            offset = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        byte[] aligned = new byte[(json.Length + 7) / 8 * 8];   // values start at a multiple of 8 bytes; the format pads with spaces
        aligned.AsSpan().Fill((byte)' ');
        json.CopyTo(aligned, 0);
        return aligned;
    }

    private static JsonNode Required(JsonNode? node, string what) => node ?? throw new FormatException($"{what} is missing");

    private static InvalidDataException Bad(string path, string place, string found, Exception? cause = null) =>
        BadFile.Error(path, place, found, "Write it again from its source (stereospike train, or docs/weights.md for other frameworks).", cause);
}
