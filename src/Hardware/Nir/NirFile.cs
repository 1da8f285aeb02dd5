using PureHDF;
using PureHDF.VOL.Native;
using StereoSpike.Files;

namespace StereoSpike.Hardware;

/// <summary>Reads and writes NIR files (<c>.nir</c>, HDF5): <c>/version</c>, and the graph in <c>/node</c>.</summary>
/// <remarks>Source: Pedersen et al., "Neuromorphic intermediate representation", Nature Communications 15 (2024), arXiv:2311.14641, and the layout that its Python package writes: a dataset a field,
/// <c>type</c>, a group <c>nodes</c> and (E,2) <c>edges</c> in a graph, an optional group <c>metadata</c>. The version gates nothing.</remarks>
public static class NirFile
{
    private const string Version = "1.0.7";   // of the layout that is followed
    private const int DeepestGraph = 16;
    private const ulong MostNumbers = 1UL << 28;
    private const string Remedy = "Write the file again with the framework it comes from, or check that it is a NIR file.";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no NIR file, or damaged.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static NirNode Read(string path)
    {
        using StackGuardedStream stream = new(path);
        try
        {
            using NativeFile file = H5File.Open(stream, leaveOpen: true);
            return file.LinkExists("node") && file.Get("node") is IH5Group root
                ? ReadNode(path, "node", root, 0)
                : throw BadFile.Error(path, "node", "is missing", Remedy);
        }
        catch (Exception cause) when (cause is not (InvalidDataException or OutOfMemoryException))   // PureHDF reports damage by whatever its parsing runs into
        {
            throw BadFile.Error(path, "", $"is no HDF5 file or damaged ({cause.GetBaseException().Message.ReplaceLineEndings(" ")})", Remedy, cause);
        }
    }

    /// <summary>Writes a graph, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public static void Write(string path, NirNode graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var file = new H5File { ["version"] = Version, ["node"] = Group(graph) };
        WholeFile.WriteAside(path, aside => file.Write(aside));
    }

    private static NirNode ReadNode(string path, string place, IH5Group group, int depth)
    {
        if (depth > DeepestGraph)
        {
            throw BadFile.Error(path, place, $"nests graphs deeper than {DeepestGraph}", Remedy);
        }

        var fields = new Dictionary<string, NirField>();
        var metadata = new Dictionary<string, NirField>();
        var nodes = new Dictionary<string, NirNode>();
        IReadOnlyList<(string, string)> edges = [];
        foreach (IH5Object child in group.Children())
        {
            string at = $"{place}/{child.Name}";
            switch (child)
            {
                case IH5Group inner when child.Name == "nodes":
                    nodes = inner.Children().OfType<IH5Group>().ToDictionary(node => node.Name, node => ReadNode(path, $"{at}/{node.Name}", node, depth + 1));
                    break;
                case IH5Group inner when child.Name == "metadata":
                    metadata = inner.Children().OfType<IH5Dataset>().ToDictionary(value => value.Name, value => ReadField(path, $"{at}/{value.Name}", value));
                    break;
                case IH5Dataset dataset when child.Name == "edges":
                    edges = ReadEdges(path, at, dataset);
                    break;
                case IH5Dataset dataset:
                    fields.Add(child.Name, ReadField(path, at, dataset));
                    break;
            }
        }

        string type = fields.Remove("type", out NirField? named) && named.Text is { } text ? text : throw BadFile.Error(path, $"{place}/type", "is missing or no text", Remedy);
        return new NirNode(type, fields) { Metadata = metadata, Nodes = nodes, Edges = edges };
    }

    private static NirField ReadField(string path, string place, IH5Dataset dataset)
    {
        ulong count = dataset.Space.Dimensions.Aggregate(1UL, (product, side) => side > MostNumbers ? MostNumbers + 1 : Math.Min(product * side, MostNumbers + 1));
        if (count > MostNumbers)
        {
            throw BadFile.Error(path, place, $"claims more than {MostNumbers} values", Remedy);
        }

        int[] shape = [.. dataset.Space.Dimensions.Select(side => (int)side)];
        return (dataset.Type.Class, dataset.Type.Size) switch
        {
            (H5DataTypeClass.FloatingPoint, 4) => NirField.Real(shape, Numbers<float>(dataset, shape)),
            (H5DataTypeClass.FloatingPoint, 8) => NirField.Real(shape, Numbers<double>(dataset, shape)),
            (H5DataTypeClass.FixedPoint, 4) => NirField.Whole(shape, Numbers<int>(dataset, shape)),
            (H5DataTypeClass.FixedPoint, 8) => NirField.Whole(shape, Numbers<long>(dataset, shape)),
            (H5DataTypeClass.VariableLength or H5DataTypeClass.String, _) when shape.Length == 0 => NirField.Of(dataset.Read<string>()),
            var (kind, size) => throw BadFile.Error(path, place, $"is {kind} of {size} bytes; numbers of 4 or 8 bytes and texts are read", Remedy),
        };
    }

    private static IEnumerable<double> Numbers<T>(IH5Dataset dataset, int[] shape)
        where T : unmanaged, System.Numerics.INumber<T> =>
        shape.Length == 0 ? [double.CreateTruncating(dataset.Read<T>())] : dataset.Read<T[]>().Select(double.CreateTruncating);

    private static List<(string, string)> ReadEdges(string path, string place, IH5Dataset dataset)
    {
        if (dataset.Space.Dimensions is not [<= 1 << 20, 2])
        {
            throw BadFile.Error(path, place, $"has shape [{string.Join(", ", dataset.Space.Dimensions)}] where [edges, 2] is needed", Remedy);
        }

        string[] names = dataset.Space.Dimensions[0] == 0 ? [] : dataset.Read<string[]>();
        return [.. Enumerable.Range(0, names.Length / 2).Select(i => (names[2 * i], names[(2 * i) + 1]))];
    }

    private static H5Group Group(NirNode node)
    {
        var group = new H5Group { ["type"] = node.Type };
        foreach ((string name, NirField field) in node.Fields)
        {
            group[name] = Dataset(field);
        }

        if (node.Metadata.Count > 0)
        {
            var metadata = new H5Group();
            foreach ((string name, NirField field) in node.Metadata)
            {
                metadata[name] = Dataset(field);
            }

            group["metadata"] = metadata;
        }

        if (node.Type == "NIRGraph")
        {
            var nodes = new H5Group();
            foreach ((string name, NirNode inner) in node.Nodes)
            {
                nodes[name] = Group(inner);
            }

            group["nodes"] = nodes;
            string[] names = [.. node.Edges.SelectMany(edge => new[] { edge.Source, edge.Target })];
            group["edges"] = new H5Dataset<string[]>(names, fileDims: [(ulong)node.Edges.Count, 2]);
        }

        return group;
    }

    private static object Dataset(NirField field)
    {
        ulong[] sides = [.. field.Shape.Select(side => (ulong)side)];
        return field switch
        {
            { Text: { } text } => text,
            { Shape.Count: 0, IsWhole: true } => (long)field.Numbers[0],
            { Shape.Count: 0 } => (float)field.Numbers[0],
            { IsWhole: true } => new H5Dataset<long[]>(Array.ConvertAll(field.Numbers, number => (long)number), fileDims: sides),
            _ => new H5Dataset<float[]>(Array.ConvertAll(field.Numbers, number => (float)number), fileDims: sides),
        };
    }
}
