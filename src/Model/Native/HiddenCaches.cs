using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace StereoSpike.Model;

/// <summary>Makes libtorch answer right, and quietly, on virtual machines that hide the processor's caches.</summary>
/// <remarks>
/// Where CPUID reports no cache, the AVX and AVX-512 convolutions of oneDNN 3.7 (seemingly planned for caches of 0 bytes) drop or misread blocks of channels: forward where the
/// input channels, backward where the output channels are no multiple of 16, and in some strided layers with any. Held to SSE4.1 it answers right, but slower.
/// NNPACK refuses such a machine and says so at every convolution, so libtorch's warnings are turned off there.
/// See docs/adr/0006-onednn-without-caches.md.
/// </remarks>
internal static partial class HiddenCaches
{
    private const int CacheLeaf = 4, AmdCacheLeaf = unchecked((int)0x8000001D), HighestAmdLeaf = unchecked((int)0x80000000), TypeBits = 0x1F;

    /// <summary>Sets this process's environment, where the user has not. Must come before libtorch is loaded, which reads it once.</summary>
    public static void WorkAround()
    {
        if (!Reported)
        {
            SetUnlessSet("ONEDNN_MAX_CPU_ISA", "SSE41");
            SetUnlessSet("TORCH_CPP_LOG_LEVEL", "ERROR");
        }
    }

    /// <summary>Has libtorch heed <c>TORCH_CPP_LOG_LEVEL</c>, which only its Python half asks it to.</summary>
    /// <param name="c10">libtorch's base library, loaded.</param>
    public static unsafe void Quieten(nint c10)
    {
        if (NativeLibrary.TryGetExport(c10, "_ZN3c1011initLoggingEv", out nint initLogging))   // void c10::initLogging()
        {
            ((delegate* unmanaged<void>)initLogging)();
        }
    }

    private static void SetUnlessSet(string variable, string value)
    {
        if (Environment.GetEnvironmentVariable(variable) is not null)
        {
            return;
        }

        Environment.SetEnvironmentVariable(variable, value);
        if (!OperatingSystem.IsWindows())
        {
            _ = SetEnv(variable, value, 0);   // .NET keeps an environment of its own there, which native code does not see
        }
    }

    /// <summary>Whether the processor says that it has a cache: Intel's leaf 4, AMD's 0x8000001D, whose low five bits are 0 for none. Processors of other families need not say.</summary>
    public static bool Reported { get; } = !X86Base.IsSupported ||
        Reports(CacheLeaf, highest: X86Base.CpuId(0, 0).Eax) || Reports(AmdCacheLeaf, X86Base.CpuId(HighestAmdLeaf, 0).Eax);

    private static bool Reports(int leaf, int highest) => (uint)leaf <= (uint)highest && (X86Base.CpuId(leaf, 0).Eax & TypeBits) != 0;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
