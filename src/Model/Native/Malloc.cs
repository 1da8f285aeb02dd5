using System.Runtime.InteropServices;

namespace StereoSpike.Model;

/// <summary>Tells glibc to keep large freed blocks: by default it gives each big activation back to the kernel and asks for it again,
/// page by page, at the next operation, which makes wide layers up to five times slower.</summary>
internal static partial class Malloc
{
    private const int TrimThreshold = -1, TopPad = -2, MmapMax = -4;   // M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX of <malloc.h>

    public static void KeepLargeBlocks()
    {
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint libc) && NativeLibrary.TryGetExport(libc, "mallopt", out _))
        {
            _ = MallOpt(MmapMax, 0);
            _ = MallOpt(TrimThreshold, int.MaxValue);
            _ = MallOpt(TopPad, 64 << 20);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
