using System.Runtime.InteropServices;
using StereoSpike.Files;

namespace StereoSpike.Model;

/// <summary>Loads libtorch once, when something first computes with it; reading graphs, weights and recordings never does.</summary>
/// <remarks>
/// The natives stay where NuGet put them; the host project's runtime configuration says where (Directory.Build.targets). A published
/// program carries them beside itself, or names their folder in the environment variable <c>STEREOSPIKE_LIBTORCH</c>.
/// On systems whose libstdc++ is older than GCC 13's (Debian 12, RHEL 9, Ubuntu 22.04) TorchSharp's own library does not load as it is;
/// a weakened private copy does, see <see cref="ElfWeakening"/> and docs/adr/0003-libtorch-on-older-systems.md.
/// </remarks>
public static class LibTorch
{
    private const string Remedy = "Restore the NuGet packages (dotnet restore), or set STEREOSPIKE_LIBTORCH to the folder that holds libtorch's and TorchSharp's native libraries.";
    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>Whether libtorch is loaded in this process.</summary>
    public static bool IsLoaded
    {
        get
        {
            lock (Gate)
            {
                return _loaded;
            }
        }
    }

    /// <summary>Loads libtorch if it is not loaded yet; safe to call from any thread, any number of times.</summary>
    /// <exception cref="DllNotFoundException">The libraries are missing or do not load; the message says what to do.</exception>
    public static void EnsureLoaded()
    {
        lock (Gate)
        {
            if (!_loaded)
            {
                HiddenCaches.WorkAround();
                Malloc.KeepLargeBlocks();
                Load();
                _loaded = true;
            }
        }
    }

    private static void Load()
    {
        string[] folders = [.. NativeFolders().Where(Directory.Exists)];
        if (OperatingSystem.IsLinux())
        {
            NativeLibrary.Load(Find(folders, "libtorch_cpu.so"));
            NativeLibrary.Load(Find(folders, "libtorch.so"));
            HiddenCaches.Quieten(NativeLibrary.Load(Find(folders, "libc10.so")));
            LoadOrWeaken(Find(folders, "libLibTorchSharp.so"));
        }
        else
        {
            string extension = OperatingSystem.IsWindows() ? ".dll" : ".dylib", prefix = OperatingSystem.IsWindows() ? "" : "lib";
            NativeLibrary.Load(Find(folders, $"{prefix}torch_cpu{extension}"));
            NativeLibrary.Load(Find(folders, $"{prefix}LibTorchSharp{extension}"));
        }
    }

    private static void LoadOrWeaken(string torchSharp)
    {
        if (NativeLibrary.TryLoad(torchSharp, out _))
        {
            return;
        }

        byte[] library = File.ReadAllBytes(torchSharp);
        if (!ElfWeakening.Weaken(library, ElfWeakening.Gcc13Version, ElfWeakening.Gcc13Symbol))
        {
            NativeLibrary.Load(torchSharp);   // not the failure we know: let the loader tell
        }

        NativeLibrary.Load(PrivateCopy(library, Path.GetFileName(torchSharp)));
    }

    /// <summary>Writes the library into the user's cache under a name made from its content, unless it is there already.</summary>
    private static string PrivateCopy(byte[] library, string fileName)
    {
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(library))[..16];
        string cache = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        string copy = Path.Combine(cache.Length > 0 ? cache : Path.GetTempPath(), "stereospike", "native", hash, fileName);
        if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(library))
        {
            WholeFile.Write(copy, stream => stream.Write(library));   // renamed into place: two processes may both do this
        }

        return copy;
    }

    private static IEnumerable<string> NativeFolders()
    {
        if (Environment.GetEnvironmentVariable("STEREOSPIKE_LIBTORCH") is { Length: > 0 } chosen)
        {
            yield return chosen;
        }

        string inPackage = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        foreach (string key in (string[])["StereoSpike.LibTorch.NativePackage", "StereoSpike.LibTorch.TorchSharpPackage"])
        {
            if (AppContext.GetData(key) is string package)
            {
                yield return Path.Combine(package, inPackage);
                yield return Path.Combine(package, "runtimes", PortableIdentifier(), "native");
            }
        }

        yield return AppContext.BaseDirectory;
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", PortableIdentifier(), "native");
    }

    private static string PortableIdentifier()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    private static string Find(string[] folders, string fileName) =>
        folders.Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists)
        ?? throw new DllNotFoundException($"{fileName} was not found in {(folders.Length > 0 ? string.Join(", ", folders) : "any folder")}. {Remedy}");
}
