using System.Globalization;
using PureHDF;
using PureHDF.VOL.Native;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>An HDF5 file opened for reading, with errors that name it.</summary>
internal sealed class Hdf5File : IDisposable
{
    /// <summary>What to do about a damaged file.</summary>
    public const string Remedy = "Copy or download the file again, and check that it is the recording you mean.";
    private const int DeepestGroup = 8, MostGroups = 1000;
    private readonly NativeFile _file;
    private readonly Lazy<MappedFile> _mapped;

    private Hdf5File(string path, NativeFile file)
    {
        Path = path;
        _file = file;
        _mapped = new Lazy<MappedFile>(() => new MappedFile(path));
    }

    /// <summary>The file's name.</summary>
    public string Path { get; }

    /// <summary>The file's bytes.</summary>
    public MappedFile Mapped => _mapped.Value;

    /// <summary>Where its datasets lie.</summary>
    public Hdf5Structure Structure => new(Mapped);

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">It is not HDF5, or damaged.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static Hdf5File Open(string path)
    {
        LibraryFilter.EnsureRegistered();
        var stream = new StackGuardedStream(path);
        try
        {
            return new Hdf5File(path, H5File.Open(stream, leaveOpen: false));
        }
        catch (Exception cause)
        {
            stream.Dispose();
            if (IsDamage(cause, path))
            {
                throw BadFile.Error(path, "", "is not an HDF5 file, or is cut short or damaged", Remedy, cause);
            }

            throw;
        }
    }

    /// <summary>Whether there is a dataset of that name.</summary>
    public bool Has(string dataset) => Guarded(dataset, () =>
    {
        IH5Group group = _file;
        string[] parts = dataset.Split('/');
        foreach (string part in parts)
        {
            if (!group.LinkExists(part))
            {
                return false;
            }

            if (group.Get(part) is IH5Group next)
            {
                group = next;
            }
        }

        return true;
    });

    /// <summary>A dataset.</summary>
    /// <exception cref="InvalidDataException">There is none of that name.</exception>
    public IH5Dataset Dataset(string name) => Has(name)
        ? Guarded(name, () => _file.Dataset(name))
        : throw BadFile.Error(Path, name, "is missing", "An MVSEC recording has davis/left/events and davis/right/events; for other layouts see stereospike convert --help.");

    /// <summary>Every group, with the datasets that lie directly in it, by their full names.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public IReadOnlyList<(string Group, IReadOnlyList<string> Datasets)> Groups() => Guarded("/", () =>
    {
        var found = new List<(string, IReadOnlyList<string>)>();
        Walk(_file, "", found, DeepestGroup);
        return found;
    });

    /// <summary>A number kept as an attribute of the file, or null.</summary>
    public double? Number(string attribute) => Guarded<double?>(attribute, () => _file.AttributeExists(attribute) ? _file.Attribute(attribute).Read<double>() : null);

    /// <summary>A text kept as an attribute of the file, or null.</summary>
    public string? Text(string attribute) => Guarded(attribute, () => _file.AttributeExists(attribute) ? _file.Attribute(attribute).Read<string>() : null);

    /// <summary>Runs a library call and turns its exceptions on damaged files into one that names the place.</summary>
    public T Guarded<T>(string place, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception cause) when (IsDamage(cause, Path))
        {
            throw BadFile.Error(Path, place, $"cannot be read ({cause.GetBaseException().Message.TrimEnd('.').ReplaceLineEndings(" ")})", Remedy, cause);
        }
    }

    /// <summary>The error of a dataset with another shape or type than needed.</summary>
    public InvalidDataException Misshapen(string dataset, IH5Dataset found, string needed) => BadFile.Error(
        Path, dataset, string.Create(CultureInfo.InvariantCulture, $"has shape [{string.Join(", ", found.Space.Dimensions)}] of {found.Type.Class} with {found.Type.Size} bytes where {needed} is needed"), Remedy);

    public void Dispose()
    {
        _file.Dispose();
        if (_mapped.IsValueCreated)
        {
            _mapped.Value.Dispose();
        }
    }

    private static void Walk(IH5Group group, string path, List<(string Group, IReadOnlyList<string> Datasets)> found, int deepest)
    {
        var datasets = new List<string>();
        found.Add((path, datasets));
        foreach (IH5Object child in group.Children())
        {
            string name = path.Length == 0 ? child.Name : $"{path}/{child.Name}";
            if (child is IH5Dataset)
            {
                datasets.Add(name);
            }
            else if (child is IH5Group inner && deepest > 0 && found.Count < MostGroups)
            {
                Walk(inner, name, found, deepest - 1);
            }
        }
    }

    /// <summary>PureHDF reports damage by whatever exception its parsing runs into; none of them is a fault of the caller's. Errors of our own, which name the file, need no other words.</summary>
    private static bool IsDamage(Exception cause, string path) =>
        cause is not (OutOfMemoryException or OperationCanceledException or UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        && !(cause is InvalidDataException && cause.Message.StartsWith(path, StringComparison.Ordinal));
}
