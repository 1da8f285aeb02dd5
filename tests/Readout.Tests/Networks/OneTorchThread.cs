using StereoSpike.Model;
using TorchSharp;

namespace StereoSpike.Readout.Tests;

/// <summary>Tests that compute with libtorch run one after another, on one thread: sums keep their order, and cores are left for others.</summary>
[CollectionDefinition(nameof(OneTorchThread), DisableParallelization = true)]
public sealed class OneTorchThread : ICollectionFixture<OneTorchThread>
{
    public OneTorchThread()
    {
        LibTorch.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
