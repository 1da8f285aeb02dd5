using System.Runtime.InteropServices;
using StereoSpike.Model;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>Sums the gradients of all ranks in buckets, each sent off while the backward pass still works on the layers before it.</summary>
/// <remarks>
/// TorchSharp has no hooks on gradients, so each weight goes into the network through a function that does nothing but see its gradient come back (<see cref="GraphModule.BeforeUse"/>).
/// Buckets fill from the network's end and leave in their order, on all ranks alike. Source of the scheme: Li et al., "PyTorch Distributed: Experiences on Accelerating Data
/// Parallel Training", VLDB 2020 (arXiv:2006.15704), section 3.2.
/// </remarks>
internal sealed class GradientExchange : IDisposable
{
    private const long LeastBucketBytes = 64 << 10, MostBucketBytes = 4 << 20;   // below, a bucket's time is latency; above, it leaves late
    private const int LeastBuckets = 4;
    private readonly Ranks _ranks;
    private readonly GraphModule _module;
    private readonly List<Bucket> _buckets = [];
    private readonly Dictionary<string, (Bucket Bucket, int Offset)> _places = [];
    private int _sent;
    private bool _last;

    /// <summary>Makes the buckets of a network, from whose weights it watches the gradients come until it is disposed.</summary>
    public GradientExchange(GraphModule module, Ranks ranks)
    {
        (_ranks, _module) = (ranks, module);
        var open = new List<(string Name, int Count)>();
        long full = BucketBytes(module.Tensors.Values.Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()) * sizeof(float));
        foreach ((string name, Parameter parameter) in module.Tensors.Reverse().Where(pair => pair.Value.requires_grad))
        {
            open.Add((name, checked((int)parameter.numel())));
            if (open.Sum(slot => (long)slot.Count) * sizeof(float) >= full)
            {
                Close(open);
            }
        }

        Close(open);
        module.BeforeUse = Watch;
    }

    /// <summary>Bytes that fill a bucket: a quarter of the gradients, so that several leave before the pass ends, within bounds.</summary>
    public static long BucketBytes(long gradientBytes) => Math.Clamp(gradientBytes / LeastBuckets, LeastBucketBytes, MostBucketBytes);

    /// <summary>Begins a backward pass.</summary>
    /// <param name="last">Whether the step's gradients are whole after it, so that they may leave; else they add up here.</param>
    public void Begin(bool last)
    {
        (_last, _sent) = (last, 0);
        foreach (Bucket bucket in _buckets)
        {
            bucket.Missing.UnionWith(bucket.Names);
        }
    }

    /// <summary>After the last backward pass: sends what is left, waits for all, and puts the sums in the gradients' place.</summary>
    public void Finish()
    {
        using IDisposable noGradient = no_grad();
        foreach (Bucket bucket in _buckets)
        {
            foreach (string name in bucket.Missing)   // their gradients do not pass the door (leaks of PLIF neurons), or there are none
            {
                Put(name, _module.Tensors[name].grad, null);
            }

            bucket.Missing.Clear();
        }

        SendFull();
        foreach (Bucket bucket in _buckets)
        {
            bucket.Sum.Wait();
            foreach (string name in bucket.Names.Where(name => _module.Tensors[name].grad is not null))
            {
                Write(bucket.Sum.Values.Slice(_places[name].Offset, (int)_module.Tensors[name].numel()), _module.Tensors[name].grad!);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _module.BeforeUse = null;
        foreach (Bucket bucket in _buckets)
        {
            bucket.Sum.Dispose();
        }
    }

    private void Close(List<(string Name, int Count)> open)
    {
        if (open.Count == 0)
        {
            return;
        }

        var bucket = new Bucket([.. open.Select(slot => slot.Name)], new PendingSum(open.Sum(slot => slot.Count)));
        int offset = 0;
        foreach ((string name, int count) in open)
        {
            _places.Add(name, (bucket, offset));
            offset += count;
        }

        _buckets.Add(bucket);
        open.Clear();
    }

    private Tensor Watch(string name, Tensor weight) => _places.ContainsKey(name) && is_grad_enabled() ? SeenFunction.apply(weight, (Action<Tensor>)(gradient => Arrived(name, gradient))) : weight;

    /// <summary>A weight's gradient of this pass is whole: no other function gives it more.</summary>
    private void Arrived(string name, Tensor gradient)
    {
        if (!_last)
        {
            return;
        }

        Put(name, gradient, _module.Tensors[name].grad);
        _places[name].Bucket.Missing.Remove(name);
        SendFull();
    }

    private void Put(string name, Tensor? gradient, Tensor? before)
    {
        (Bucket bucket, int offset) = _places[name];
        Span<float> slot = bucket.Sum.Values.Slice(offset, (int)_module.Tensors[name].numel());
        slot.Clear();
        Add(gradient, slot);
        Add(before, slot);
    }

    /// <summary>Sends the buckets that are full, none before an earlier one, and drives on those that left.</summary>
    private void SendFull()
    {
        for (int i = 0; i < _sent; i++)
        {
            _buckets[i].Sum.Test();
        }

        for (; _sent < _buckets.Count && _buckets[_sent].Missing.Count == 0; _sent++)
        {
            _ranks.Begin(_buckets[_sent].Sum);
        }
    }

    private static void Add(Tensor? gradient, Span<float> slot)
    {
        if (gradient is null)
        {
            return;
        }

        using Tensor plain = gradient.contiguous();
        ReadOnlySpan<float> values = Floats(plain);
        for (int i = 0; i < slot.Length; i++)
        {
            slot[i] += values[i];
        }
    }

    private static void Write(ReadOnlySpan<float> values, Tensor gradient)
    {
        using Tensor whole = tensor(values.ToArray(), gradient.shape);
        gradient.copy_(whole);
    }

    private static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private sealed record Bucket(string[] Names, PendingSum Sum)
    {
        public HashSet<string> Missing { get; } = [];
    }

    /// <summary>Passes a weight on, and shows its gradient on the way back.</summary>
    private sealed class SeenFunction : autograd.SingleTensorFunction<SeenFunction>
    {
        private const string SeenKey = "seen";

        public override string Name => "StereoSpike.SeenGradient";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data(SeenKey, vars[1]);
            return ((Tensor)vars[0]).detach();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            ((Action<Tensor>)ctx.get_data(SeenKey))(grad_output);
            return [grad_output.detach(), null!];
        }
    }
}
